package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.Randomized;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeTextTest {
  @Test
  void it_is_the_text_of_the_instant() {
    var random = Randomized.random();
    var scales = new int[]{1, 1_000, 1_000_000, 1_000_000_000};

    for (var i = 0; i < 20_000; i++) {
      var scale = scales[random.nextInt(4)];
      var nano = random.nextInt(1_000_000_000) / scale * scale;
      var time = Instant.ofEpochSecond(random.nextLong(-100_000_000_000L, 300_000_000_000L), nano);
      assertThat(new String(TimeText.of(time), UTF_8)).as(Randomized.repeat()).isEqualTo(time.toString());
    }
  }

  @Test
  void years_that_have_not_four_digits_are_written_too() {
    for (var time : new Instant[]{Instant.MIN, Instant.MAX, Instant.parse("-0001-12-31T23:59:59Z"),
        Instant.parse("0000-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:59:59.999999999Z"),
        Instant.parse("+10000-01-01T00:00:00Z")})
      assertThat(new String(TimeText.of(time), UTF_8)).isEqualTo(time.toString());
  }
}
