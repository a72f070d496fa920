package dev.millrace.view;

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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShiftTest {
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
        Clock.systemUTC(), owner), 1);
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
