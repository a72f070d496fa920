package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where reading starts and ends. */
public interface ReadingProperties {
  /** How long a poll would wait that is not woken up. */
  Duration LONGEST_POLL = Duration.ofMinutes(3);

  /** The log under test. */
  LogFixture fixture();

  @Test
  default void reading_goes_on_after_the_cursor_of_any_batch() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "cursor", 3);
      var history = History.random(random, stream, 800);
      append(log, history);
      var end = log.end(Set.of(stream));

      var read = new ArrayList<LogRecord>();
      var cursor = Cursor.start();
      while (!cursor.hasReached(end)) {
        try (var reader = log.reader(Set.of(stream), cursor)) {
          for (var polls = random.nextInt(1, 4); polls > 0; polls--) {
            var batch = reader.poll(Duration.ofMillis(200));
            read.addAll(batch.records());
            cursor = cursor.with(batch.cursor());
          }
          assertThat(reader.cursor().hasReached(cursor)).as("%s has reached %s", reader.cursor(), cursor)
              .isTrue();
        }
      }

      assertThat(History.ids(read)).doesNotHaveDuplicates().hasSameSizeAs(history.entries());
      assertThat(History.idsByKey(read)).containsExactlyInAnyOrderEntriesOf(history.idsByKey());
    });
  }

  @Test
  default void reading_goes_on_after_any_record() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "record", 1);
      append(log, History.random(random, stream, 100));
      var all = Reading.all(log, stream);
      var place = random.nextInt(all.size());
      var partition = all.get(place).partition();

      var cursor = Cursor.of(java.util.Map.of(partition, all.get(place).position()));

      assertThat(History.ids(Reading.from(log, stream, cursor)))
          .isEqualTo(History.ids(all.subList(place + 1, all.size())));
      assertThat(log.lag(Set.of(stream), cursor)).isEqualTo(all.size() - place - 1);
    });
  }

  @Test
  default void reading_from_the_end_sees_only_what_comes_later() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "end", 2);
      append(log, History.random(random, stream, 200, "early"));
      var end = log.end(Set.of(stream));
      var later = History.random(random, stream, 200, "late");

      append(log, later);

      assertThat(log.lag(Set.of(stream), end)).isEqualTo(200);
      assertThat(History.idsByKey(Reading.from(log, stream, end)))
          .containsExactlyInAnyOrderEntriesOf(later.idsByKey());
    });
  }

  @Test
  default void reading_from_a_time_sees_what_was_appended_then_or_later() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "time", 2);
      var streams = Set.of(stream);
      try (var writer = log.writer()) {
        for (var entry : History.random(random, stream, 60).entries())
          writer.append(entry).join();
      }
      var all = Reading.all(log, stream);
      var time = all.get(random.nextInt(all.size())).appendedAt();

      var then = all.stream().filter(record -> !record.appendedAt().isBefore(time)).toList();
      var after = all.stream().filter(record -> record.appendedAt().isAfter(time)).toList();
      assertThat(History.ids(Reading.from(log, stream, log.at(streams, time))))
          .containsExactlyInAnyOrderElementsOf(History.ids(then));
      assertThat(History.ids(Reading.from(log, stream, log.at(streams, time.plusNanos(1)))))
          .containsExactlyInAnyOrderElementsOf(History.ids(after));
      assertThat(Reading.from(log, stream, log.at(streams, Instant.EPOCH))).hasSize(60);
      assertThat(Reading.from(log, stream, log.at(streams, time.plusSeconds(3600)))).isEmpty();
    });
  }

  @Test
  default void a_bounded_reading_of_empty_partitions_ends_at_once() {
    var log = fixture().log();
    var stream = History.newStream(log, "empty", 3);
    assertThat(log.end(Set.of(stream))).isEqualTo(Cursor.start());
    assertThat(Reading.all(log, stream)).isEmpty();

    append(log, new History(List.of(History.entry(stream, "k", "1", 0))));

    assertThat(History.ids(Reading.all(log, stream))).containsExactly("1");
  }

  @Test
  default void partitions_that_are_added_while_reading_are_read_from_their_beginning() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "added", 1);
      var before = History.random(random, stream, 50, "before");
      var after = History.random(random, stream, 200, "after");

      try (var reader = log.reader(Set.of(stream), Cursor.start())) {
        append(log, before);
        var read = new ArrayList<>(Reading.until(reader, records -> records.size() >= 50, "what was there"));
        fixture().addPartitions(stream, 3);
        append(log, after);
        read.addAll(Reading.until(reader, records -> records.size() >= 200, "what was added"));

        assertThat(History.ids(read)).doesNotHaveDuplicates().containsAll(before.ids())
            .containsAll(after.ids());
        assertThat(read).extracting(LogRecord::partition).as("some lie in added partitions")
            .containsExactlyInAnyOrderElementsOf(read.stream().map(LogRecord::partition).toList())
            .anyMatch(partition -> !partition.equals(read.getFirst().partition()));
      }
    });
  }

  @Test
  default void several_streams_are_read_together() {
    Seeded.check(random -> {
      var log = fixture().log();
      var one = History.newStream(log, "one", 2);
      var other = History.newStream(log, "other", 1);
      append(log, History.random(random, one, 30));
      append(log, History.random(random, other, 40));
      var end = log.end(Set.of(one, other));

      try (var reader = log.reader(Set.of(one, other), Cursor.start())) {
        var read = Reading.until(reader, _ -> reader.cursor().hasReached(end), "the end");

        assertThat(read).filteredOn(record -> record.partition().stream().equals(one)).hasSize(30);
        assertThat(read).filteredOn(record -> record.partition().stream().equals(other)).hasSize(40);
      }
    });
  }

  @Test
  default void a_poll_that_waits_is_woken_up_from_another_thread() throws InterruptedException {
    var log = fixture().log();
    var stream = History.newStream(log, "wakeup", 1);

    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      var waker = Thread.ofVirtual().start(reader::wakeup);
      var before = System.nanoTime();
      var batch = reader.poll(LONGEST_POLL);
      waker.join();

      assertThat(batch.isEmpty()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(LONGEST_POLL.dividedBy(2));
    }
  }

  @Test
  default void a_stream_that_is_not_there_has_no_reader() {
    var missing = Set.of(StreamName.of("tck.nowhere"));

    assertThatThrownBy(() -> fixture().log().reader(missing, Cursor.start()).close())
        .isInstanceOfSatisfying(LogException.class,
            e -> assertThat(e.code()).isEqualTo(LogException.Code.UNKNOWN_STREAM));
  }

  private static void append(EventLog log, History history) {
    try (var writer = log.writer()) {
      var receipts = history.entries().stream().map(writer::append).toList();
      writer.flush();
      assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
    }
  }
}
