package dev.millrace.log.kinesis;

import dev.millrace.log.tck.LogConformance;
import dev.millrace.log.tck.LogFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.condition.EnabledIf;

/** The conformance kit on the local Kinesis. */
@EnabledIf(value = "dev.millrace.log.kinesis.TestedService#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(1)
class KinesisLogTest implements LogConformance {
  private static KinesisFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KinesisFixture(TestedService.separate());
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
