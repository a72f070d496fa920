package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.connect.BridgeException.Code;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;

class BridgeMarkTest {
  private static final StreamName STREAM = StreamName.of("sales.orders");
  private static final Partition AHEAD = new Partition(STREAM, "0");
  private static final Partition BEHIND = new Partition(STREAM, "1");
  private static final Instant NOW = Instant.parse("2026-11-21T07:00:00Z");

  private static LogRecord record(Partition partition, long position, String id, Instant appendedAt) {
    var envelope = Envelope.of(id, "/test", "test.Thing", appendedAt, "key");
    return new LogRecord(partition, Position.of(String.valueOf(position)), "key", appendedAt, () -> envelope,
        new byte[0]);
  }

  @Test
  void each_partition_keeps_the_time_of_its_own_last_record() {
    var mark = BridgeMark.start(STREAM).with(
        List.of(record(AHEAD, 41, "a", NOW), record(BEHIND, 7, "b", NOW.minus(Duration.ofHours(2)))),
        Cursor.of(Map.of(AHEAD, Position.of("41"), BEHIND, Position.of("7"))));

    var read = BridgeMark.parse(mark.toString(), STREAM);

    assertThat(read).isEqualTo(mark)
        .hasToString("bridge sales.orders 0@41@1795244400000,1@7@1795237200000");
    assertThat(read.covers(record(BEHIND, 7, "b", NOW))).isTrue();
    assertThat(read.covers(record(BEHIND, 8, "c", NOW))).isFalse();
  }

  @Test
  void a_mark_stays_where_a_reading_that_began_before_it_has_yet_to_come_to_it() {
    var mark = BridgeMark.start(STREAM).with(
        List.of(record(AHEAD, 41, "a", NOW), record(BEHIND, 70, "b", NOW)),
        Cursor.of(Map.of(AHEAD, Position.of("41"), BEHIND, Position.of("70"))));

    var moved = mark.with(
        List.of(record(AHEAD, 42, "c", NOW.plusMillis(1)), record(BEHIND, 7, "d", NOW.minusMillis(9))),
        Cursor.of(Map.of(AHEAD, Position.of("42"), BEHIND, Position.of("7"))));

    assertThat(moved.cursor())
        .isEqualTo(Cursor.of(Map.of(AHEAD, Position.of("42"), BEHIND, Position.of("70"))));
    assertThat(moved.places()).containsEntry(BEHIND, new BridgeMark.Place(Position.of("70"), NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wal 1-2 id", "bridge other.stream 0@1@1", "bridge sales.orders 0@1",
      "bridge sales.orders 0@1@noon", "bridge sales.orders 0@@1", "bridge sales.orders 2026 0@1@1"})
  void a_mark_of_something_else_is_refused(String text) {
    assertThatExceptionOfType(BridgeException.class).isThrownBy(() -> BridgeMark.parse(text, STREAM))
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.FOREIGN_MARK));
  }

  @Test
  void what_a_partition_that_is_behind_holds_twice_is_known_while_another_is_far_ahead() {
    var recent = new RecentEvents();
    var then = NOW.minus(Duration.ofHours(2));

    assertThat(recent.add(record(BEHIND, 1, "b", then))).isTrue();
    assertThat(recent.add(record(AHEAD, 1, "a", NOW))).isTrue();

    assertThat(recent.add(record(BEHIND, 2, "b", then.plusSeconds(60)))).as("a repeat").isFalse();
    assertThat(recent.add(record(BEHIND, 3, "c", then.plus(Duration.ofMinutes(6))))).isTrue();
    assertThat(recent.add(record(BEHIND, 4, "b", then.plus(Duration.ofMinutes(6))))).as("past the window")
        .isTrue();
  }
}
