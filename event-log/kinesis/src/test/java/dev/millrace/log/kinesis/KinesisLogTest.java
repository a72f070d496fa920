package dev.millrace.log.kinesis;

import dev.millrace.log.tck.LogConformance;
import dev.millrace.log.tck.LogFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The conformance kit on the local Kinesis. */
@ExtendWith(NeedsKinesis.class)
class KinesisLogTest implements LogConformance {
  private static KinesisFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KinesisFixture();
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
