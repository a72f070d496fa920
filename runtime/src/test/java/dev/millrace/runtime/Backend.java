package dev.millrace.runtime;

import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRegistry;
import dev.millrace.dev.SharedServers;
import java.nio.file.Path;
import javax.sql.DataSource;

/**
 * What a runtime needs, for one test: the servers that all tests share, with a stream of sales, a database of views and a
 * schema registry of the test's own.
 */
final class Backend implements AutoCloseable {
  final Sales sales;
  final String bootstrapServers;
  final DataSource views;
  final DevRegistry registry = DevRegistry.start(SharedServers.createDatabase());
  private final String database = SharedServers.uniqueName("views");

  Backend() {
    this(SharedServers.kafka().bootstrapServers(), Sales.in(SharedServers.uniqueName("test.sales")));
  }

  /** With another broker than that of the other tests. */
  Backend(String bootstrapServers, Sales sales) {
    this.sales = sales;
    this.bootstrapServers = bootstrapServers;
    this.views = SharedServers.postgres().createDatabase(database);
  }

  /** The JDBC address of the views' database. */
  String viewsUrl() {
    return SharedServers.postgres().jdbcUrl(database);
  }

  Settings.Builder settings() {
    return Settings.builder().kafka(bootstrapServers).registry(registry.uri())
        .postgres(viewsUrl(), DevPostgres.USER, "").postgresConnections(4).http("127.0.0.1", 0)
        .source("/test").partitions(3).stateDirectory(Path.of("target", "state"));
  }

  @Override
  public void close() {
    registry.close();
  }
}
