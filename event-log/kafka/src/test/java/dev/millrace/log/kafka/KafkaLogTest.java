package dev.millrace.log.kafka;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.tck.LogConformance;
import dev.millrace.log.tck.LogFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The conformance kit on the embedded broker. */
class KafkaLogTest implements LogConformance {
  private static DevKafka kafka;
  private static KafkaFixture fixture;

  @BeforeAll
  static void start() {
    kafka = DevKafka.start();
    fixture = new KafkaFixture(kafka.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    fixture.close();
    kafka.close();
  }

  @Override
  public LogFixture fixture() {
    return fixture;
  }
}
