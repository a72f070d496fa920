package dev.millrace.connect;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.millrace.dev.DevPostgres;

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

  static Process start(Shop shop, String relay, Path output) throws IOException {
    return start(output, RelayProcess.class, shop.logAddress(), shop.postgres().jdbcUrl(), relay);
  }

  /** Starts a class of the tests in a JVM of its own. */
  static Process start(Path output, Class<?> main, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow",
        "-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }
}
