package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.connect.Mark.Phase;
import dev.millrace.connect.RelayException.Code;
import dev.millrace.test.Randomized;

class MarkTest {
  @Test
  void neighbouring_rows_are_told_as_a_range() {
    var mark = Mark.of(Phase.WAL, new Mark.Batch(new long[]{3, 4, 5, 7, 9, 10}, "an id with spaces"));

    assertThat(mark).hasToString("wal 3-5,7,9-10 an id with spaces");
  }

  @Test
  void a_mark_is_read_as_it_was_written() {
    var random = Randomized.random();
    for (int round = 0; round < Randomized.rounds(200); round++) {
      var ids = random.longs(1 + random.nextInt(300), 1, 2 + random.nextInt(1_000)).distinct().sorted()
          .toArray();
      var text = Mark.of(Phase.TABLE, new Mark.Batch(ids, "e-" + round)).toString();

      var read = Mark.parse(text);

      assertThat(read.phase()).isEqualTo(Phase.TABLE);
      assertThat(read.batch().orElseThrow().ids()).as(Randomized.repeat()).containsExactly(ids);
      assertThat(read.batch().orElseThrow().lastEventId()).isEqualTo("e-" + round);
    }
    assertThat(Mark.parse(Mark.of(Phase.WAL).toString()).batch()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0/16B3748", "wal 1-2", "wal x-y id", "table ,, id"})
  void a_mark_of_something_else_is_refused(String text) {
    assertThatExceptionOfType(RelayException.class).isThrownBy(() -> Mark.parse(text))
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.FOREIGN_MARK));
  }
}
