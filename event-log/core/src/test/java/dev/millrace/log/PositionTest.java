package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.test.Randomized;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PositionTest {
  @Test
  void decimals_are_ordered_as_numbers_up_to_129_digits() {
    var random = Randomized.random();
    var numbers = new ArrayList<BigInteger>(
        List.of(BigInteger.ZERO, BigInteger.TEN.pow(128), BigInteger.TEN.pow(129)
            .subtract(BigInteger.ONE)));
    for (var i = 0; i < 500; i++)
      numbers.add(new BigInteger(random.nextInt(1, 428), random));

    var sorted = numbers.stream().sorted().map(number -> Position.of(number.toString())).toList();

    assertThat(sorted).as(Randomized.repeat()).isSorted();
    assertThat(sorted.getLast().value()).hasSize(129);
  }

  @Test
  void nine_is_before_ten() {
    assertThat(Position.of("9")).isLessThan(Position.of("10"));
    assertThat(Position.of("10")).isEqualByComparingTo(Position.of("10"));
  }

  @Test
  void a_position_is_not_empty() {
    assertThatThrownBy(() -> Position.of("")).isInstanceOf(IllegalArgumentException.class);
  }
}
