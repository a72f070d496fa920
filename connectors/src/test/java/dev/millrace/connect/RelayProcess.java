package dev.millrace.connect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import dev.millrace.dev.DevPostgres;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;

/** A relay in a process of its own, for tests that kill it. Ends with the process that started it. */
final class RelayProcess {
  private RelayProcess() {}

  /** The arguments are the brokers, the database and the name of the relay. */
  public static void main(String[] arguments) throws IOException {
    try (var log = KafkaLog.at(KafkaLogConfig.of(arguments[0]));
        var _ = OutboxRelay.builder().name(arguments[2]).log(log).batchSize(20)
            .database(arguments[1], DevPostgres.USER, "").build().start()) {
      System.in.transferTo(System.out);
    }
  }

  static Process start(Shop shop, String relay, Path output) throws IOException {
    return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow",
        "-cp", System.getProperty("java.class.path"), RelayProcess.class.getName(), shop.bootstrapServers(),
        shop.postgres().jdbcUrl(), relay)).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }
}
