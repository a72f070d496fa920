package dev.millrace.bench;

import bench.Order;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.schema.EventCodec;
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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.postgresql.PGConnection;

/**
 * The ways to make a view of the orders; each makes another, of the number that it is given, and answers its table. Owned by
 * one thread.
 */
final class OrderViews implements AutoCloseable {
  private static final Set<StreamName> STREAMS = Set.of(OrderHistory.STREAM);
  private static final int EVENTS_A_TRANSACTION = 1_000;
  private static final int EVENTS_A_BATCH = 2_000;

  private final Servers servers;
  private final EventCodec codec;
  private final DataSource database;
  private final EventLog log;

  OrderViews(Servers servers) {
    this.servers = servers;
    this.codec = servers.codec();
    this.database = servers.database();
    this.log = KafkaLog.at(KafkaLogConfig.of(servers.bootstrapServers()));
  }

  /** The steady path: a runner, until it has read all. */
  String steady(int number) {
    var view = OrderTotals.view("order-totals-" + number);
    var end = log.end(STREAMS);
    try (var runner = Runner.of(view).log(log).codec(codec).database(database).build().start()) {
      while (!runner.status().cursor().hasReached(end))
        LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    return table(view.name());
  }

  /** A rebuild, of a view that was never there. */
  String rebuild(String name) {
    var view = OrderTotals.view(name);
    try (var rebuild = Rebuild.of(view).log(log).codec(codec).database(database).start()) {
      rebuild.awaitCaughtUp(Duration.ofHours(1));
      if (!rebuild.progress().inOrder().isEmpty())
        throw new IllegalStateException("not folded at once: " + rebuild.progress().inOrder());
      return table(view.name()) + "_g" + rebuild.generation();
    }
  }

  private static String table(String view) {
    return "views." + view.replace('-', '_');
  }

  /** Kafka's own consumer, and the decoding of each event; nothing is done with it, and no view made. */
  String decodeAlone() {
    var decoder = codec.decoder(List.of(Order.TYPE));
    var settings = Map.<String, Object>of("bootstrap.servers", servers.bootstrapServers(), "isolation.level",
        "read_committed", "auto.offset.reset", "earliest", "max.poll.records", "10000");
    try (
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      var partitions = consumer.partitionsFor(OrderHistory.STREAM.value()).stream()
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
      consumer.assign(partitions);
      long events = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      for (long read = 0; read < events;) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          var _ = decoder.decode(record.value()).orElseThrow();
          read++;
        }
      }
    }
    return "";
  }

  /** The finished rows of a table as COPY has them. */
  byte[] rows(String table) throws SQLException, IOException {
    try (var connection = database.getConnection()) {
      var rows = new ByteArrayOutputStream();
      connection.unwrap(PGConnection.class).getCopyAPI()
          .copyOut("COPY (SELECT * FROM " + table + ") TO STDOUT (FORMAT binary)", rows);
      return rows.toByteArray();
    }
  }

  /** Copies finished rows into a table, and makes its index. */
  String copyAlone(byte[] rows, int number) throws SQLException, IOException {
    var table = "copied_" + number;
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("CREATE TABLE " + table + OrderTotals.COLUMNS);
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
          "COPY " + table + " FROM STDIN (FORMAT binary, FREEZE)",
          new ByteArrayInputStream(rows));
      statement.execute("ALTER TABLE " + table + " ADD PRIMARY KEY (order_id)");
      connection.commit();
    }
    return table;
  }

  /**
   * As many rows upserted as there are events, each batch a statement and a transaction, with nothing read, decoded or folded. The
   * order ids of a batch differ; what is written in their rows is the same.
   */
  String upsertAlone(int number) throws SQLException {
    var table = "upserted_" + number;
    long events = log.lag(STREAMS, Cursor.start());
    int keys = Math.toIntExact(Math.max(EVENTS_A_BATCH, events / 10));
    var random = new Random(7);
    try (var connection = database.getConnection(); var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + table + OrderTotals.COLUMNS + " WITH (fillfactor = 80)");
      statement.execute("ALTER TABLE " + table + " ADD PRIMARY KEY (order_id)");
      connection.setAutoCommit(false);
      try (var upsert = connection.prepareStatement("INSERT INTO " + table
          + " SELECT u.id, 1, 2, 3, 4 FROM unnest(?::text[]) AS u(id) ON CONFLICT (order_id) DO UPDATE SET "
          + "orders = excluded.orders, units = excluded.units, total = excluded.total, "
          + "last_placed_at = excluded.last_placed_at")) {
        for (long done = 0; done < events; done += EVENTS_A_BATCH) {
          var ids = random.ints(0, keys).distinct().limit(EVENTS_A_BATCH)
              .mapToObj(key -> "order-" + key).sorted().toArray(String[]::new);
          upsert.setArray(1, connection.createArrayOf("text", ids));
          upsert.executeUpdate();
          connection.commit();
        }
      }
    }
    return "";
  }

  /** The usual hand-written way: an upsert for each event, a thousand in a transaction, with the position. */
  String rowByRow(int number) throws SQLException {
    var table = "row_by_row_" + number;
    var end = log.end(STREAMS);
    try (var connection = database.getConnection();
        var reader = log.reader(STREAMS, Cursor.start())) {
      try (var statement = connection.createStatement()) {
        statement.execute("CREATE TABLE " + table + OrderTotals.COLUMNS);
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
    return table;
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
  }
}
