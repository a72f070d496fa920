package dev.millrace.log.kafka;

import dev.millrace.log.tck.LogConformance;
import dev.millrace.log.tck.LogFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;

/** The conformance kit on Kafka's own image, where Docker is present. */
@ExtendWith(NeedsDocker.class)
@Testcontainers(disabledWithoutDocker = true)
class ContainerKafkaLogTest implements LogConformance {
  @Container
  private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.1.0")
      .withEnv("KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "500")
      .withEnv("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "500");
  private static KafkaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KafkaFixture(KAFKA.getBootstrapServers());
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Override
  public LogFixture fixture() {
    return fixture;
  }
}
