package dev.millrace.runtime;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRegistry;
import java.nio.file.Path;

/** The real servers that a runtime needs, embedded: each test class starts its own. */
final class Backend implements AutoCloseable {
  final DevKafka kafka = DevKafka.start();
  final DevPostgres postgres = DevPostgres.start();
  final DevRegistry registry = DevRegistry.start(postgres.createDatabase("registry"));

  Settings settings() {
    return settings(postgres).build();
  }

  /** With the views in this database. */
  Settings.Builder settings(DevPostgres views) {
    return Settings.builder().kafka(kafka.bootstrapServers()).registry(registry.uri())
        .postgres(views.jdbcUrl(), DevPostgres.USER, "").postgresConnections(4).http("127.0.0.1", 0)
        .source("/test").partitions(3).stateDirectory(Path.of("target", "state"));
  }

  @Override
  public void close() {
    registry.close();
    postgres.close();
    kafka.close();
  }
}
