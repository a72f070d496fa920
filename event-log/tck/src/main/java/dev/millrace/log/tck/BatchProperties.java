package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Batches and their marks: what a relay needs to lose nothing, and where the log has transactions, to repeat nothing. */
public interface BatchProperties {
  /** The log under test. */
  LogFixture fixture();

  @Test
  default void a_batch_is_read_in_order_and_its_mark_is_there_for_the_next_writer_of_the_name() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "batch", 3);
      var history = History.random(random, stream, 300);
      var name = newName();

      try (var writer = log.batchWriter(name)) {
        assertThat(writer.mark()).isEmpty();
        for (var from = 0; from < 300; from += 100) {
          writer.append(history.entries().subList(from, from + 100), "read to " + (from + 100));
          assertThat(writer.mark()).contains("read to " + (from + 100));
        }
        writer.append(List.of(), "read to nothing new");
      }

      assertThat(History.idsByKey(Reading.all(log, stream)))
          .containsExactlyInAnyOrderEntriesOf(history.idsByKey());
      try (var next = log.batchWriter(name); var other = log.batchWriter(newName())) {
        assertThat(next.mark()).contains("read to nothing new");
        assertThat(other.mark()).isEmpty();
      }
    });
  }

  @Test
  default void the_writer_before_is_fenced() {
    var log = fixture().log();
    var stream = History.newStream(log, "fenced", 2);
    var name = newName();

    try (var old = log.batchWriter(name)) {
      old.append(batch(stream, 1), "1");
      try (var now = log.batchWriter(name)) {
        assertThat(now.mark()).contains("1");

        assertThatThrownBy(() -> old.append(batch(stream, 2), "2")).isInstanceOfSatisfying(LogException.class,
            e -> {
              assertThat(e.code()).isEqualTo(LogException.Code.FENCED);
              assertThat(e).hasMessageContaining(name);
            });
        now.append(batch(stream, 3), "3");
      }
      assertThatThrownBy(() -> old.append(batch(stream, 4), "4")).isInstanceOf(LogException.class);
    }

    assertThat(History.ids(Reading.all(log, stream))).containsExactlyInAnyOrderElementsOf(ids(1, 3));
    try (var next = log.batchWriter(name)) {
      assertThat(next.mark()).contains("3");
    }
  }

  @Test
  default void a_batch_of_which_one_entry_is_refused_is_seen_whole_or_not_as_the_log_claims() {
    var log = fixture().log();
    var stream = History.newStream(log, "refused", 1);
    var name = newName();
    var batch = new ArrayList<>(batch(stream, 2));
    batch.add(History.entry(stream, "large", "large", fixture().oversizedPayload()));

    try (var writer = log.batchWriter(name)) {
      writer.append(batch(stream, 1), "1");
      assertThatThrownBy(() -> writer.append(batch, "2")).isInstanceOfSatisfying(LogException.class,
          e -> assertThat(e.code()).isEqualTo(LogException.Code.TOO_LARGE));
      assertThatThrownBy(() -> writer.append(batch(stream, 3), "3")).isInstanceOf(LogException.class)
          .hasMessageContaining(name);
    }

    try (var next = log.batchWriter(name)) {
      assertThat(next.mark()).contains("1");
      next.append(batch(stream, 4), "4");
    }
    var read = History.ids(Reading.all(log, stream));
    if (fixture().capabilities().contains(Capability.TRANSACTIONS))
      assertThat(read).containsExactlyElementsOf(ids(1, 4));
    else
      assertThat(read).as("a log that claims no transactions shows a part").containsAll(ids(1, 4))
          .containsAnyElementsOf(ids(2));
  }

  @Test
  default void batches_and_marks_agree_when_a_writer_is_replaced_in_the_middle_of_a_batch() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "crash", 3);
      var name = newName();
      var expected = new ArrayList<Integer>();

      var next = 1;
      for (var round = 0; round < 3; round++) {
        try (var faults = fixture().faults(random)) {
          var zombie = relayUntilItFails(faults.log(), name, stream, next, random.nextInt(1, 4));
          zombie.reached().join();
          try (var writer = log.batchWriter(name)) {
            var mark = writer.mark().map(Integer::parseInt).orElse(0);
            IntStream.rangeClosed(next, mark).forEach(expected::add);
            next = mark + 1;
            writer.append(batch(stream, next), Integer.toString(next));
            expected.add(next);
            next++;
          }
          zombie.ended().join();
        }
      }

      var read = History.ids(Reading.all(log, stream));
      var wanted = ids(expected.stream().mapToInt(Integer::intValue).toArray());
      if (fixture().capabilities().contains(Capability.TRANSACTIONS))
        assertThat(read).containsExactlyInAnyOrderElementsOf(wanted);
      else
        assertThat(read).containsAll(wanted);
    });
  }

  /** A relay on its own thread: it appends one batch after another, past the point of interest, until it is fenced. */
  private static Relay relayUntilItFails(EventLog log, String name, StreamName stream, int first,
      int batches) {
    var reached = new CompletableFuture<Void>();
    var ended = CompletableFuture.runAsync(() -> {
      try (var writer = log.batchWriter(name)) {
        for (var number = first;; number++) {
          if (number == first + batches)
            reached.complete(null);
          writer.append(batch(stream, number), Integer.toString(number));
        }
      } catch (LogException _) {
        // Fenced, or its connection is closed.
      }
    }, task -> Thread.ofVirtual().start(task));
    var _ = ended.whenComplete((_, _) -> reached.complete(null));
    return new Relay(reached, ended);
  }

  /**
   * A relay under way.
   *
   * @param reached done when the batch begins within which the relay is replaced, or when it has failed before
   * @param ended done when it has failed
   */
  record Relay(CompletableFuture<Void> reached, CompletableFuture<Void> ended) {}

  private static List<LogEntry> batch(StreamName stream, int number) {
    return ids(number).stream().map(id -> History.entry(stream, id, id, 20)).toList();
  }

  private static List<String> ids(int... batches) {
    return IntStream.of(batches).boxed()
        .flatMap(number -> IntStream.range(0, 20).mapToObj(i -> number + "-" + i)).toList();
  }

  private static String newName() {
    return "tck-" + UUID.randomUUID();
  }
}
