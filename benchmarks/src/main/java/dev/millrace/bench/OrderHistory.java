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
import dev.millrace.view.Rebuild;
import dev.millrace.view.Runner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.postgresql.PGConnection;

/** Orders in a Kafka, and the ways to make a view of them in a PostgreSQL; each makes another. Owned by one thread. */
final class OrderHistory implements AutoCloseable {
  private static final Set<StreamName> STREAMS = Set.of(StreamName.of("bench.orders"));
  private static final int PARTITIONS = 4;
  private static final int EVENTS_A_TRANSACTION = 1_000;
  private static final String COLUMNS = " (order_id text COLLATE \"C\" NOT NULL, orders bigint NOT NULL, "
      + "units bigint NOT NULL, total double precision NOT NULL, last_placed_at bigint NOT NULL)";

  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final DevKafka kafka = DevKafka.start();
  private final DevPostgres postgres = DevPostgres.start();
  private final EventLog log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()));
  private final long events;
  private final Cursor end;
  private int views;

  /** @param keys how many different orders the events are of, and so how many rows a view has */
  OrderHistory(long events, long keys) {
    this.events = events;
    log.create(STREAMS.iterator().next(), PARTITIONS);
    try (var publisher = Publisher.builder(log.writer(), codec).source("/bench").maxInFlight(100_000)
        .build()) {
      Orders.each(Math.toIntExact(events), Math.toIntExact(keys), order -> {
        var _ = publisher.publish(order);
      });
      publisher.flush();
    }
    end = log.end(STREAMS);
  }

  /** The steady path: a runner, until it has read all. Answers the view's name. */
  String steady() {
    var view = OrderTotals.view("order-totals-" + ++views);
    try (var runner = Runner.of(view).log(log).codec(codec).database(postgres.dataSource()).build().start()) {
      while (!runner.status().cursor().hasReached(end))
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    return view.name();
  }

  /** A rebuild, of a view that was never there. */
  void rebuild(long memory) {
    var view = OrderTotals.view("order-totals-" + ++views);
    try (var rebuild = Rebuild.of(view).log(log).codec(codec).database(postgres.dataSource()).memory(memory)
        .start()) {
      rebuild.awaitCaughtUp(Duration.ofHours(1));
      if (!rebuild.progress().inOrder().isEmpty())
        throw new IllegalStateException("not folded at once: " + rebuild.progress().inOrder());
    }
  }

  /** Kafka's own consumer, and the decoding of each event; nothing is done with it. */
  void decodeAlone() {
    var decoder = codec.decoder(List.of(Order.TYPE));
    var settings = Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level",
        "read_committed", "auto.offset.reset", "earliest", "max.poll.records", "10000");
    try (
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(consumer.partitionsFor(STREAMS.iterator().next().value()).stream()
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
      for (long read = 0; read < events;) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          var _ = decoder.decode(record.value()).orElseThrow();
          read++;
        }
      }
    }
  }

  /** The finished rows of a view as COPY has them. */
  byte[] rows(String view) throws SQLException, IOException {
    try (var connection = postgres.dataSource().getConnection()) {
      var rows = new ByteArrayOutputStream();
      connection.unwrap(PGConnection.class).getCopyAPI()
          .copyOut("COPY (SELECT * FROM views." + view.replace('-', '_') + ") TO STDOUT (FORMAT binary)",
              rows);
      return rows.toByteArray();
    }
  }

  /** Copies finished rows into a table, and makes its index. */
  void copyAlone(byte[] rows) throws SQLException, IOException {
    var table = "copied_" + ++views;
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE " + table + COLUMNS);
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
          "COPY " + table + " FROM STDIN (FORMAT binary, FREEZE)",
          new ByteArrayInputStream(rows));
      statement.execute("ALTER TABLE " + table + " ADD PRIMARY KEY (order_id)");
      connection.commit();
    }
  }

  /** The usual hand-written way: an upsert for each event, a thousand in a transaction, with the position. */
  void rowByRow() throws SQLException {
    var table = "row_by_row_" + ++views;
    try (var connection = postgres.dataSource().getConnection();
        var reader = log.reader(STREAMS, Cursor.start())) {
      try (var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE " + table + COLUMNS);
        statement.execute("ALTER TABLE " + table + " ADD PRIMARY KEY (order_id)");
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

  @Override
  public void close() {
    log.close();
    postgres.close();
    kafka.close();
  }
}
