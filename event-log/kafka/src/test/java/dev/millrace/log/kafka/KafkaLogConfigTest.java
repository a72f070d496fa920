package dev.millrace.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
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

  @Test
  void a_reader_without_a_group_takes_two_thousand_records_at_most() {
    assertThat(pollRecords(KafkaLogConfig.builder())).containsExactly("2000", "10000");
    assertThat(pollRecords(KafkaLogConfig.builder().pollRecords(50))).containsExactly("50", "50");
  }

  /** Of a reader without a group, and of a member. */
  private static List<String> pollRecords(KafkaLogConfig.Builder config) {
    var properties = new ClientProperties(config.bootstrapServers("broker:9092").build());
    return Stream.of(properties.consumer(), properties.member("group"))
        .map(one -> one.getProperty("max.poll.records")).toList();
  }
}
