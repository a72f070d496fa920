package dev.millrace.connect;

import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.dev.DevPostgres;

/** From Kafka to Kinesis: at least once, in order. */
class ToKinesisBridgeTest implements BridgeContract {
  private static DevPostgres postgres;
  private static BridgeLogs logs;

  @BeforeAll
  static void start(@TempDir Path folder) {
    var kinesis = new LogServer.Kinesis(folder);
    postgres = DevPostgres.start();
    logs = BridgeLogs.between(new LogServer.Kafka(folder), kinesis, postgres.jdbcUrl());
  }

  @AfterAll
  static void stop() {
    if (logs == null)
      return;
    logs.close();
    postgres.close();
  }

  @Override
  public BridgeLogs logs() {
    return logs;
  }
}
