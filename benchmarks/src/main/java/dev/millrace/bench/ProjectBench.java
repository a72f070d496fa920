package dev.millrace.bench;

import bench.Order;
import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.Runner;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * The steady path of a projection beside the usual hand-written one: an upsert for each event, a thousand in a transaction,
 * with the position. Both read the same events, from the first to the last, ten for each row on average.
 */
final class ProjectBench implements Bench {
  private static final String PEER = "row-by-row";
  private static final Set<StreamName> STREAMS = Set.of(StreamName.of("bench.orders"));
  private static final int EVENTS_A_ROW = 10;
  private static final int EVENTS_A_TRANSACTION = 1_000;

  private int views;

  @Override
  public String name() {
    return "project";
  }

  @Override
  public long defaultEvents() {
    return 100_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step("project: starting Kafka and PostgreSQL");
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    try (var kafka = DevKafka.start();
        var postgres = DevPostgres.start();
        var log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()))) {
      log.create(STREAMS.iterator().next(), 4);
      progress.step("project: publishing " + events + " events");
      publish(events, log, codec);
      var end = log.end(STREAMS);
      var subjects = new LinkedHashMap<String, Rounds.Subject>();
      subjects.put("millrace",
          () -> events / seconds(() -> projected(log, codec, postgres.dataSource(), end)));
      subjects.put(PEER, () -> events / seconds(() -> rowByRow(log, codec, postgres.dataSource(), end)));
      return new Rounds(name(), 1, 5, progress).measure("throughput", "events/s", PEER, subjects);
    }
  }

  private static void publish(long events, EventLog log, EventCodec codec) {
    int count = Math.toIntExact(events);
    try (var publisher = Publisher.builder(log.writer(), codec).source("/bench").maxInFlight(100_000)
        .build()) {
      for (var order : Orders.make(count, Math.max(1, count / EVENTS_A_ROW))) {
        var _ = publisher.publish(order);
      }
      publisher.flush();
    }
  }

  private void projected(EventLog log, EventCodec codec, DataSource database, Cursor end) {
    var view = OrderTotals.view("order-totals-" + ++views);
    try (var runner = Runner.of(view).log(log).codec(codec).database(database).build().start()) {
      while (!runner.status().cursor().hasReached(end)) {
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      }
    }
  }

  private void rowByRow(EventLog log, EventCodec codec, DataSource database, Cursor end) throws SQLException {
    var table = "row_by_row_" + ++views;
    try (var connection = database.getConnection(); var reader = log.reader(STREAMS, Cursor.start())) {
      try (var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE " + table + " (order_id text PRIMARY KEY, orders bigint NOT NULL, "
            + "units bigint NOT NULL, total double precision NOT NULL, last_placed_at bigint NOT NULL)");
        statement.execute(
            "CREATE TABLE " + table + "_position (partition text PRIMARY KEY, position text NOT NULL)");
      }
      connection.setAutoCommit(false);
      var decoder = codec.decoder(List.of(Order.TYPE));
      try (var upsert = connection.prepareStatement("INSERT INTO " + table
          + " AS t VALUES (?, 1, ?, ?, ?) ON CONFLICT "
          + "(order_id) DO UPDATE SET orders = t.orders + 1, units = t.units + excluded.units, total = t.total + "
          + "excluded.total, last_placed_at = greatest(t.last_placed_at, excluded.last_placed_at)");
          var position = connection
              .prepareStatement("INSERT INTO " + table + "_position VALUES (?, ?) ON CONFLICT "
                  + "(partition) DO UPDATE SET position = excluded.position")) {
        int inTransaction = 0;
        while (!reader.cursor().hasReached(end)) {
          for (var record : reader.poll(Duration.ofMillis(100)).records()) {
            upsert(upsert, (Order) decoder.decode(record.payload()).orElseThrow());
            if (++inTransaction == EVENTS_A_TRANSACTION) {
              position.setString(1, record.partition().id());
              position.setString(2, record.position().value());
              position.executeUpdate();
              connection.commit();
              inTransaction = 0;
            }
          }
        }
        connection.commit();
      }
    }
  }

  private static void upsert(PreparedStatement upsert, Order order) throws SQLException {
    upsert.setString(1, order.orderId());
    upsert.setLong(2, order.units());
    upsert.setDouble(3, order.total());
    upsert.setLong(4, order.placedAt());
    upsert.executeUpdate();
  }

  /** Work that may fail. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e9;
  }
}
