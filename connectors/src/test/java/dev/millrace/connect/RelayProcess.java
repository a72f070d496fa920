package dev.millrace.connect;

import java.io.IOException;
import java.time.Duration;

import dev.millrace.dev.DevPostgres;
import dev.millrace.test.ForkedJvm;

/** A relay in a process of its own, for tests that kill it. Ends with the process that started it. */
final class RelayProcess {
  private RelayProcess() {}

  /** The arguments are the log's address, the database and the name of the relay. */
  public static void main(String[] arguments) throws IOException {
    try (var log = LogServer.open(arguments[0], arguments[1], Duration.ofMinutes(2));
        var _ = OutboxRelay.builder().name(arguments[2]).log(log).batchSize(20)
            .database(arguments[1], DevPostgres.USER, "").build().start()) {
      System.in.transferTo(System.out);
    }
  }

  static ForkedJvm start(Shop shop, String relay) {
    return ForkedJvm.start(RelayProcess.class, shop.logAddress(), shop.jdbcUrl(), relay);
  }
}
