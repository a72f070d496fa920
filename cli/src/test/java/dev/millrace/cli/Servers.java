package dev.millrace.cli;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRegistry;
import dev.millrace.dev.SharedServers;
import dev.millrace.runtime.Settings;
import javax.sql.DataSource;

/**
 * The servers of one instance: a broker of its own, as the sales of all tests have one stream, and a registry and a database on
 * the PostgreSQL that all tests share.
 */
final class Servers implements AutoCloseable {
  private final DevKafka kafka = DevKafka.start();
  private final DevRegistry registry = DevRegistry.start(SharedServers.createDatabase());
  private final String database = SharedServers.uniqueName("views");
  private final DataSource views = SharedServers.postgres().createDatabase(database);

  /** Returns the database of the views. */
  DataSource views() {
    return views;
  }

  Settings settings() {
    return Settings.builder().kafka(kafka.bootstrapServers()).registry(registry.uri())
        .postgres(SharedServers.postgres().jdbcUrl(database), DevPostgres.USER, "").http("127.0.0.1", 0)
        .build();
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
  }
}
