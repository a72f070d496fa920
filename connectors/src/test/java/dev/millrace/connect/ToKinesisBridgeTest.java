package dev.millrace.connect;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.millrace.dev.SharedServers;

/** From Kafka to Kinesis: at least once, in order. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class ToKinesisBridgeTest implements BridgeContract {
  private static BridgeLogs logs;

  @BeforeAll
  static void open() {
    var checkpoints = SharedServers.uniqueName("checkpoints");
    SharedServers.postgres().createDatabase(checkpoints);
    logs = BridgeLogs.between(SharedServers.kafka().bootstrapServers(),
        SharedServers.kinesis().endpoint().toString(), SharedServers.postgres().jdbcUrl(checkpoints));
  }

  @AfterAll
  static void close() {
    if (logs != null)
      logs.close();
  }

  @Override
  public BridgeLogs logs() {
    return logs;
  }
}
