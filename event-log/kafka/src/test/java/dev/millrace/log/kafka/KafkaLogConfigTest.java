package dev.millrace.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KafkaLogConfigTest {
  @Test
  void its_text_shows_no_secret() {
    var config = KafkaLogConfig.builder().bootstrapServers("broker:9092")
        .with("sasl.jaas.config", "password=hunter2")
        .build();

    assertThat(config).hasToString("Kafka at broker:9092 with [sasl.jaas.config]");
  }

  @Test
  void all_faults_are_told_at_once() {
    var wrong = KafkaLogConfig.builder().replicationFactor(0).requestTimeout(Duration.ZERO).compression("zip")
        .pollRecords(0).with("acks", "1");

    assertThatThrownBy(wrong::build).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bootstrapServers").hasMessageContaining("replicationFactor")
        .hasMessageContaining("requestTimeout").hasMessageContaining("compression")
        .hasMessageContaining("pollRecords")
        .hasMessageContaining("acks is not to be set");
  }
}
