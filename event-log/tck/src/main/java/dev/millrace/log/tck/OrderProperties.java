package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** P1: events with one key are read in the order in which they were published, through retries. */
public interface OrderProperties {
  /** So many faults a writer has to come through. */
  int FAULTS = 6;
  int MOST_MORE = 20;

  /** The log under test. */
  LogFixture fixture();

  @Test
  default void entries_of_one_key_are_read_in_the_order_of_their_appends_through_retries() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "order", 3);
      var history = appendThroughFaults(History.random(random, stream, 400), random);

      assertThat(History.idsByKey(Reading.all(log, stream))).as("ids by key")
          .containsExactlyInAnyOrderEntriesOf(history.idsByKey());
    });
  }

  @Test
  default void threads_that_share_a_writer_each_keep_their_order() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "threads", 3);
      var histories = List.of(History.random(random, stream, 500, "a"),
          History.random(random, stream, 500, "b"));

      try (var writer = log.writer()) {
        var threads = histories.stream()
            .map(history -> Thread.ofVirtual().start(() -> append(writer, history))).toList();
        for (var thread : threads)
          thread.join();
      }

      var read = History.idsByKey(Reading.all(log, stream));
      for (var history : histories)
        assertThat(read).containsAllEntriesOf(history.idsByKey());
    });
  }

  @Test
  default void an_append_that_is_sent_again_is_read_once_where_the_log_claims_so_and_else_is_seen_again() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "once", 1);
      var history = appendThroughFaults(History.random(random, stream, 400), random);

      var read = History.ids(Reading.all(log, stream));
      if (fixture().capabilities().contains(Capability.IDEMPOTENT_APPENDS))
        assertThat(read).doesNotHaveDuplicates();
      else
        assertThat(read).as("a log that claims nothing repeats").hasSizeGreaterThan(history.entries().size());
    });
  }

  @Test
  default void entries_of_several_keys_keep_their_order_in_a_partition_where_the_log_claims_so_and_else_do_not() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "partition", 1);
      var history = appendThroughFaults(History.random(random, stream, 400), random);

      var read = Reading.all(log, stream).stream().map(History::id).distinct().toList();
      if (fixture().capabilities().contains(Capability.PARTITION_ORDER))
        assertThat(read).isEqualTo(history.ids());
      else
        assertThat(read).as("a log that claims no order between keys").isNotEqualTo(history.ids())
            .containsExactlyInAnyOrderElementsOf(history.ids());
    });
  }

  /**
   * Appends the history, and more of the same kind where so many faults were not met by its end, as a quick machine sends it in
   * few requests; answers all that was appended.
   */
  private History appendThroughFaults(History history, Random random) {
    var all = new ArrayList<>(history.entries());
    var stream = history.entries().getFirst().stream();
    try (var faults = fixture().faults(random)) {
      try (var writer = faults.log().writer()) {
        var receipts = append(writer, history);
        for (int more = 0; more < MOST_MORE && faults.injected() < FAULTS; more++) {
          var next = History.random(random, stream, history.entries().size(), "more" + more + "-");
          receipts.addAll(append(writer, next));
          all.addAll(next.entries());
        }
        faults.stop();
        writer.flush();
        assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      }
      assertThat(faults.injected()).as("faults met").isGreaterThanOrEqualTo(FAULTS);
    }
    return new History(all);
  }

  private static List<CompletableFuture<Receipt>> append(LogWriter writer, History history) {
    var receipts = new ArrayList<CompletableFuture<Receipt>>();
    for (var entry : history.entries())
      receipts.add(writer.append(entry));
    writer.flush();
    return receipts;
  }
}
