package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CursorTest {
  private static final Partition A = new Partition(StreamName.of("s"), "0");
  private static final Partition B = new Partition(StreamName.of("s"), "1");

  @Test
  void it_has_reached_another_when_every_partition_of_the_other_has_been() {
    var end = Cursor.of(Map.of(A, Position.of("9"), B, Position.of("3")));

    assertThat(Cursor.of(Map.of(A, Position.of("10"), B, Position.of("3"))).hasReached(end)).isTrue();
    assertThat(Cursor.of(Map.of(A, Position.of("9"), B, Position.of("2"))).hasReached(end)).isFalse();
    assertThat(Cursor.of(Map.of(A, Position.of("9"))).hasReached(end)).isFalse();
    assertThat(Cursor.start().hasReached(Cursor.start())).isTrue();
  }

  @Test
  void the_other_s_positions_win_even_where_they_go_back() {
    var cursor = Cursor.of(Map.of(A, Position.of("9"), B, Position.of("3")));

    var moved = cursor.with(Cursor.of(Map.of(A, Position.of("4"))));

    assertThat(moved.position(A)).contains(Position.of("4"));
    assertThat(moved.position(B)).contains(Position.of("3"));
    assertThat(cursor.with(Cursor.start())).isEqualTo(cursor);
  }

  @Test
  void it_does_not_change_with_the_map_it_was_made_of() {
    var positions = new HashMap<>(Map.of(A, Position.of("1")));
    var cursor = Cursor.of(positions);

    positions.put(B, Position.of("1"));

    assertThat(cursor.position(B)).isEmpty();
    assertThat(cursor.positions()).isUnmodifiable();
  }

  @Test
  void partitions_are_ordered_by_stream_and_then_as_numbers() {
    var ten = new Partition(StreamName.of("s"), "10");
    var other = new Partition(StreamName.of("r"), "99");

    assertThat(new TreeSet<>(List.of(ten, B, other, A))).containsExactly(other, A, B, ten);
  }

  @Test
  void a_stream_name_is_short_and_plain() {
    assertThatThrownBy(() -> StreamName.of("a b")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a b");
    assertThatThrownBy(() -> StreamName.of("x".repeat(129))).isInstanceOf(IllegalArgumentException.class);
    assertThat(StreamName.of("sales.orders-2_x")).hasToString("sales.orders-2_x");
  }
}
