package dev.millrace.log.kafka;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.tck.LogConformance;
import dev.millrace.log.tck.LogFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;

/** The conformance kit on the embedded broker. */
@Order(1)
class KafkaLogTest implements LogConformance {
  private static KafkaFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KafkaFixture(SharedServers.kafka().bootstrapServers());
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
