package dev.millrace.bench;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRegistry;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.Publisher;
import java.sql.SQLException;

/** Orders in a Kafka, and a PostgreSQL to make views of them in. Owned by one thread. */
final class OrderHistory implements AutoCloseable {
  static final StreamName STREAM = StreamName.of("bench.orders");

  private static final int PARTITIONS = 4;

  private final DevKafka kafka = DevKafka.start();
  private final DevPostgres postgres = DevPostgres.start();
  private final DevRegistry registry = DevRegistry.start(postgres.dataSource());
  private final EventLog log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()));

  OrderHistory() {
    log.create(STREAM, PARTITIONS);
  }

  Servers servers() {
    return new Servers(kafka.bootstrapServers(), postgres.jdbcUrl(), registry.uri());
  }

  /**
   * Adds events to what is there.
   *
   * @param part begins the order ids, so that those of another part are other orders
   * @param keys how many different orders the events are of, and so how many rows a view has of them
   */
  void publish(String part, long events, long keys) {
    try (var publisher = Publisher.builder(log.writer(), servers().codec()).source("/bench")
        .maxInFlight(100_000)
        .build()) {
      Orders.each(part, Math.toIntExact(events), Math.toIntExact(keys), order -> {
        var _ = publisher.publish(order);
      });
      publisher.flush();
    }
  }

  /** What the servers have to do sooner or later for what was done so far is done when this returns. */
  void settle() throws SQLException {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    }
  }

  /**
   * A view as numbers.
   *
   * @param events how many events are folded into its rows
   */
  record Totals(long rows, long events, long units, long placedAt) {
    Totals plus(Totals other) {
      return new Totals(rows + other.rows, events + other.events, units + other.units,
          placedAt + other.placedAt);
    }
  }

  Totals totals(String table) throws SQLException {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(
            "SELECT count(*), sum(orders), sum(units), sum(last_placed_at) FROM " + table)) {
      row.next();
      return new Totals(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
    }
  }

  /** The CPU time of the broker, which is in this process, and of all of the database's processes. */
  long cpuNanos() throws SQLException {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return ProcessUse.cpuNanos()
          + ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).map(ProcessUse::cpuNanosOfAll)
              .orElse(0L);
    }
  }

  @Override
  public void close() {
    log.close();
    registry.close();
    postgres.close();
    kafka.close();
  }
}
