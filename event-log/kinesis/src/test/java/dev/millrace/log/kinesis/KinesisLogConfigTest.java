package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KinesisLogConfigTest {
  @Test
  void names_every_setting_that_is_wrong_and_what_would_be_right() {
    var builder = KinesisLogConfig.builder().streamPrefix("of us/").maxRecordBytes(0).maxCallBytes(-1)
        .maxCallRecords(501).bufferBytes(-1).linger(Duration.ofMillis(-1)).requestTimeout(Duration.ZERO)
        .shardCheck(Duration.ZERO).lease(Duration.ofSeconds(-1)).pollPause(Duration.ofMillis(-1))
        .deliveryTimeout(Duration.ofMillis(-2));

    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(
        "streamPrefix is 'of us/'", "maxRecordBytes is 0: use 1 or more", "maxCallBytes is -1",
        "maxCallRecords is 501",
        "bufferBytes is -1", "linger is PT-0.001S", "requestTimeout is PT0S: use more than 0, such as PT15S",
        "shardCheck is PT0S", "lease is PT-1S", "pollPause is PT-0.001S", "deliveryTimeout is PT-0.002S");
  }
}
