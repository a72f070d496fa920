package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.schema.Envelope;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OnTestedLog
class ShiftTest {
  private static final Batch NOTHING = new Batch(List.of(), Cursor.start());

  private final Stage stage = new Stage(1);
  private final Projection<CountryTotal> totals = stage.shop.countryTotals();
  private final Partition partition = stage.log.partitions(stage.stream).iterator().next();

  @AfterEach
  void close() {
    stage.close();
  }

  private Shift<CountryTotal> shift(String owner) {
    Transaction.run(stage.database, "opening",
        connection -> new Catalog(totals).open(connection, OptionalInt.empty()));
    return Shift.begin(new Work<>(totals, stage.log, new Decoding<>(totals, stage.codec), stage.database,
        Clock.systemUTC(), owner, ParkingLimit.DEFAULT), 1);
  }

  private Batch batch(int position) {
    return batch(record(position, "event-" + position));
  }

  private Batch batch(LogRecord... records) {
    return new Batch(List.of(records), Cursor.of(Map.of(partition, records[records.length - 1].position())));
  }

  private LogRecord record(int position, String id) {
    var envelope = Envelope.of(id, "/tests", "test.shop.Placed", Instant.EPOCH, "1");
    return record(position, () -> envelope);
  }

  private LogRecord record(int position, Supplier<Envelope> envelope) {
    var placed = new Placed("1", "Norway", List.of(), new BigDecimal("1.000"), position);
    return new LogRecord(partition, Position.of(String.valueOf(position)), "1", Instant.EPOCH, envelope,
        stage.codec.encode(stage.shop.placed(), placed));
  }

  private long orders() {
    return ReadModel.of(totals, stage.database).get("Norway").map(CountryTotal::orders).orElse(0L);
  }

  private long once(long twice) {
    return stage.log.repeats() ? twice - 1 : twice;
  }

  @Test
  void the_database_refuses_the_transaction_of_an_owner_that_was_followed_by_another() {
    try (var former = shift("former"); var present = shift("present")) {
      assertThat(former.assigned(Set.of(partition)).position(partition)).isEmpty();
      assertThat(former.apply(batch(1))).isTrue();
      assertThat(present.assigned(Set.of(partition)).position(partition)).contains(Position.of("1"));

      assertThat(former.apply(batch(2))).isFalse();
      assertThat(orders()).isEqualTo(1);
      assertThat(present.apply(batch(2))).isTrue();
      assertThat(orders()).isEqualTo(2);
    }
  }

  @Test
  void a_batch_whose_commit_was_not_answered_is_not_written_twice() {
    try (var shift = shift("one"); var again = shift("two")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(1))).isTrue();
      Transaction.run(stage.database, "a commit whose answer was lost", connection -> {
        try (var statement = connection.createStatement()) {
          return statement.executeUpdate("UPDATE millrace.checkpoint SET \"position\" = '2'");
        }
      });

      assertThat(shift.apply(batch(2))).isFalse();
      assertThat(orders()).isEqualTo(1);
      assertThat(again.assigned(Set.of(partition)).position(partition)).contains(Position.of("2"));
    }
  }

  @Test
  void a_generation_goes_as_far_as_the_one_that_is_ahead_and_waits_there_for_the_end_of_the_meeting() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(1))).isTrue();
      anotherIsAt("3");

      try (var _ = Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1))) {
        assertThat(shift.apply(batch(record(2, "b"), record(3, "c"), record(4, "d")))).isTrue();
        assertThat(shift.apply(batch(record(5, "e"), record(6, "d")))).isTrue();
        assertThat(shift.apply(NOTHING)).isTrue();

        assertThat(orders()).isEqualTo(3);
        assertThat(places()).containsExactly("1 3", "2 3");
        assertThat(shift.isWaiting()).isTrue();
      }
      assertThat(shift.apply(batch(7))).isTrue();

      assertThat(orders()).isEqualTo(once(7));
      assertThat(places()).containsExactly("1 7", "2 3");
      assertThat(shift.isWaiting()).isFalse();
    }
    try (var next = shift("two")) {
      next.assigned(Set.of(partition));
      assertThat(next.apply(batch(record(8, "e"), record(9, "i")))).isTrue();
      assertThat(orders()).as("what waited is known to whoever comes next")
          .isEqualTo(stage.log.repeats() ? 7 : 9);
    }
  }

  @Test
  void a_generation_that_came_to_the_place_of_a_meeting_stays_there_at_the_next() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(1))).isTrue();
      anotherIsAt("3");
      try (var _ = Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1))) {
        assertThat(shift.apply(batch(record(2, "b"), record(3, "c")))).isTrue();
        assertThat(shift.isWaiting()).isFalse();
      }

      try (var _ = Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1))) {
        assertThat(shift.apply(batch(4))).isTrue();
        assertThat(places()).containsExactly("1 3", "2 3");
        assertThat(shift.isWaiting()).isTrue();
      }
    }
  }

  @Test
  void a_meeting_is_over_when_its_time_is_up_and_the_next_begins_where_all_are() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(1))).isTrue();
      anotherIsAt("1");
      Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1)); // by somebody who died
      assertThat(shift.apply(batch(2))).isTrue();
      assertThat(orders()).isEqualTo(1);

      stage.strings("UPDATE millrace.checkpoint SET meet_until = clock_timestamp() RETURNING 1");
      assertThat(shift.apply(NOTHING)).isTrue();
      assertThat(orders()).isEqualTo(2);
      Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1));

      assertThat(shift.apply(batch(3))).isTrue();
      assertThat(orders()).isEqualTo(2);
      assertThat(places()).containsExactly("1 2", "2 1");
    }
  }

  @Test
  void what_waits_for_the_end_of_a_meeting_is_left_to_the_next_owner() {
    try (var former = shift("former"); var present = shift("present")) {
      former.assigned(Set.of(partition));
      assertThat(former.apply(batch(1))).isTrue();
      var meeting = Meeting.call(stage.database, totals.name(), List.of(1), Duration.ofHours(1));
      assertThat(former.apply(batch(2))).isTrue();
      present.assigned(Set.of(partition));
      meeting.close();

      assertThat(former.apply(NOTHING)).isFalse();
      assertThat(orders()).isEqualTo(1);
      assertThat(present.apply(batch(2))).isTrue();
      assertThat(orders()).isEqualTo(2);
    }
  }

  @Test
  void no_more_waits_for_the_end_of_a_meeting_than_memory_has_room_for() throws Exception {
    var many = IntStream.rangeClosed(2, 2 + Shift.MOST_WAITING).mapToObj(i -> record(i, "event-" + i))
        .toArray(LogRecord[]::new);
    int next = 3 + Shift.MOST_WAITING;
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(1))).isTrue();
      var applied = new FutureTask<>(() -> shift.apply(batch(next)));
      var meeting = Meeting.call(stage.database, totals.name(), List.of(1), Duration.ofHours(1));
      try {
        assertThat(shift.apply(batch(many))).isTrue();

        var reader = Thread.ofPlatform().start(applied);
        eventually().untilAsserted(() -> assertThat(reader.getState()).isEqualTo(Thread.State.TIMED_WAITING));
        assertThat(applied.isDone()).isFalse();
      } finally {
        meeting.close();
      }

      assertThat(applied.get()).isTrue();
      assertThat(orders()).isEqualTo(next);
    }
  }

  private void anotherIsAt(String position) {
    stage.strings(
        """
            INSERT INTO millrace.checkpoint (view, generation, stream, "partition", "position", epoch, owner, updated_at)
            SELECT view, 2, stream, "partition", '%s', 1, 'other', now() FROM millrace.checkpoint RETURNING 1
            """
            .formatted(position));
  }

  /** How far each generation is. */
  private List<String> places() {
    return stage.strings("SELECT generation || ' ' || \"position\" FROM millrace.checkpoint ORDER BY 1");
  }

  @Test
  void records_of_a_partition_that_was_given_up_are_left_to_the_next_owner() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      shift.revoked(Set.of(partition));

      assertThat(shift.apply(batch(1))).isTrue();
      assertThat(orders()).isZero();
    }
  }

  @Test
  void a_record_that_the_log_may_hold_twice_changes_a_row_once_whoever_reads_the_second() {
    try (var former = shift("former"); var present = shift("present")) {
      former.assigned(Set.of(partition));
      assertThat(former.apply(batch(record(1, "a"), record(2, "b"), record(3, "a")))).isTrue();
      assertThat(orders()).isEqualTo(once(3));
      assertThat(former.apply(batch(record(4, "c")))).isTrue();

      present.assigned(Set.of(partition));
      assertThat(former.apply(batch(record(5, "d")))).isFalse();
      assertThat(present.apply(batch(record(5, "d"), record(6, "c"), record(7, "b")))).isTrue();

      assertThat(orders()).isEqualTo(stage.log.repeats() ? 4 : 7);
      assertThat(stage.strings("SELECT count(*) FROM millrace.recent_events"))
          .containsExactly(stage.log.repeats() ? "3" : "0");
    }
  }

  @Test
  void a_parked_record_is_parked_once() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      var bad = new LogRecord(partition, Position.of("1"), "1", Instant.EPOCH, record(1, "a")::envelope,
          new byte[]{1});
      var again = new LogRecord(partition, Position.of("2"), "1", Instant.EPOCH, bad::envelope,
          bad.payload());

      assertThat(shift.apply(batch(bad))).isTrue();
      assertThat(shift.apply(batch(again))).isTrue();

      assertThat(stage.parked()).hasSize((int) once(2));
    }
  }

  @Test
  void a_record_without_an_envelope_is_taken_as_it_is() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(partition));
      Supplier<Envelope> none = () -> {
        throw new LogException(LogException.Code.MALFORMED, "no envelope");
      };

      assertThat(shift.apply(batch(record(1, none), record(2, none)))).isTrue();

      assertThat(orders()).isEqualTo(2);
    }
  }

  @Test
  void an_event_is_known_until_as_many_others_came_as_the_window_holds() {
    var others = IntStream.range(2, 2 + RecentEvents.WINDOW - 1)
        .mapToObj(i -> record(i, "event-" + i)).toArray(LogRecord[]::new);
    int next = others.length + 2;
    try (var shift = shift("one"); var second = shift("two")) {
      shift.assigned(Set.of(partition));
      assertThat(shift.apply(batch(record(1, "a")))).isTrue();
      assertThat(shift.apply(batch(others))).isTrue();
      second.assigned(Set.of(partition));
      assertThat(second.apply(batch(record(next, "a")))).isTrue();
      assertThat(orders()).isEqualTo(once(others.length + 2));

      assertThat(second.apply(batch(record(next + 1, "b"), record(next + 2, "a")))).isTrue();
      assertThat(orders()).isEqualTo(once(others.length + 4));
    }
    assertThat(stage.strings("SELECT sum(length(digests)) / 16 <= 16386 FROM millrace.recent_events"))
        .isNotEqualTo(List.of("f"));
  }
}
