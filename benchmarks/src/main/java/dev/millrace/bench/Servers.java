package dev.millrace.bench;

import dev.millrace.dev.DevPostgres;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import java.net.URI;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Where the servers of a bench are, for the processes that use them. */
record Servers(String bootstrapServers, String jdbcUrl, URI registry) {

  static Servers of(List<String> arguments) {
    return new Servers(arguments.get(0), arguments.get(1), URI.create(arguments.get(2)));
  }

  List<String> arguments() {
    return List.of(bootstrapServers, jdbcUrl, registry.toString());
  }

  DataSource database() {
    var source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl);
    source.setUser(DevPostgres.USER);
    return source;
  }

  EventCodec codec() {
    return EventCodec.of(SchemaRegistry.at(registry));
  }
}
