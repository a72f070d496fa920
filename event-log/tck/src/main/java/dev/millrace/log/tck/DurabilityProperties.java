package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.test.Randomized;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** P2: what is acknowledged is in the log, where its receipt says; and what is not, says why. */
public interface DurabilityProperties {
  /** The log under test. */
  LogFixture fixture();

  @Test
  default void what_is_acknowledged_is_read_at_the_position_of_its_receipt() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "durable", 3);
      var history = History.random(random, stream, 300);
      var receipts = new LinkedHashMap<String, CompletableFuture<Receipt>>();

      try (var faults = fixture().faults(random); var writer = faults.log().writer()) {
        history.entries().forEach(entry -> receipts.put(entry.envelope().id(), writer.append(entry)));
        writer.flush();
        assertThat(faults.injected()).as("faults met").isPositive();
      }

      var places = new HashMap<List<Object>, LogRecord>();
      for (var record : Reading.all(log, stream))
        places.put(List.of(record.partition(), record.position(), History.id(record)), record);
      assertThat(receipts).isNotEmpty().allSatisfy((id, receipt) -> {
        assertThat(receipt).as(id).isDone();
        if (!receipt.isCompletedExceptionally()) {
          var told = receipt.join();
          var record = places.get(List.of(told.partition(), told.position(), told.eventId()));
          assertThat(record).as("what is at %s", told).isNotNull()
              .satisfies(found -> assertThat(told.since()).isBeforeOrEqualTo(found.appendedAt()));
        }
      });
      assertThat(receipts.values()).anyMatch(receipt -> !receipt.isCompletedExceptionally());
    });
  }

  @Test
  default void closing_a_writer_loses_nothing_that_was_appended() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "close", 2);
      var history = History.random(random, stream, Randomized.rounds(500, 2_000));
      Map<String, CompletableFuture<Receipt>> receipts = new LinkedHashMap<>();

      try (var writer = log.writer()) {
        history.entries().forEach(entry -> receipts.put(entry.envelope().id(), writer.append(entry)));
      }

      assertThat(receipts.values()).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      assertThat(Reading.all(log, stream)).hasSize(history.entries().size());
    });
  }

  @Test
  default void an_entry_that_is_too_large_is_refused_and_the_others_are_taken() {
    var log = fixture().log();
    var stream = History.newStream(log, "large", 1);

    try (var writer = log.writer()) {
      var before = writer.append(History.entry(stream, "k", "before", 0));
      var large = writer.append(History.entry(stream, "the-key", "large", fixture().oversizedPayload()));
      var after = writer.append(History.entry(stream, "k", "after", 0));

      assertThatThrownBy(large::join).isInstanceOf(CompletionException.class).cause()
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(LogException.Code.TOO_LARGE);
            assertThat(e).hasMessageContaining(stream.value()).hasMessageContaining("the-key");
          });
      before.join();
      after.join();
    }
    assertThat(History.ids(Reading.all(log, stream))).containsExactly("before", "after");
  }

  @Test
  default void an_append_to_no_stream_fails_and_says_so() {
    var missing = StreamName.of("tck.missing");

    try (var writer = fixture().log().writer()) {
      assertThatThrownBy(writer.append(History.entry(missing, "k", "1", 0))::join).cause()
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(LogException.Code.UNKNOWN_STREAM);
            assertThat(e).hasMessageContaining("tck.missing");
          });
    }
    assertThatThrownBy(() -> fixture().log().partitions(missing)).isInstanceOf(LogException.class)
        .hasMessageContaining("tck.missing");
  }

  @Test
  default void creating_a_stream_that_is_there_changes_nothing() {
    var log = fixture().log();
    var stream = History.newStream(log, "again", 2);

    log.create(stream, 7);

    assertThat(log.partitions(stream)).hasSize(2);
    assertThat(log.streams()).contains(stream);
  }
}
