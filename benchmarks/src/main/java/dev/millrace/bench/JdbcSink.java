package dev.millrace.bench;

import bench.Order;
import dev.millrace.dev.DevPostgres;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.runtime.Herder;
import org.apache.kafka.connect.runtime.Worker;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.rest.entities.ConnectorInfo;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.apache.kafka.connect.util.FutureCallback;

/**
 * Debezium's JDBC sink in a standalone worker of Kafka Connect (without its HTTP server), which goes on running from round to
 * round. Tuned: upserts by
 * {@code UNNEST}, 5,000 rows a batch, as many records a poll, no schema evolution, several updates of one row in a batch
 * written as one, a task for each processor. It upserts a row for each event into a table keyed by the order, so that the
 * last event of an order is its row: a sink mirrors, it cannot fold. That is less than what the others do. Owned by one
 * thread.
 */
final class JdbcSink implements AutoCloseable {
  private static final int TASKS = Math.min(4, Runtime.getRuntime().availableProcessors());

  /** The last order of a partition: when its row is there, all rows of the partition are. */
  private record Last(String orderId, long placedAt) {}

  private final Servers servers;
  private final StandaloneHerder herder;

  JdbcSink(Servers servers) {
    this.servers = servers;
    var settings = Map.of("bootstrap.servers", servers.bootstrapServers(), "key.converter",
        "org.apache.kafka.connect.storage.StringConverter", "value.converter", OrderConverter.class.getName(),
        "offset.storage.file.filename", "none: a sink's offsets are its consumer group's");
    var overrides = new AllConnectorClientConfigOverridePolicy();
    var worker = new Worker("bench", Time.SYSTEM, new Plugins(settings), new StandaloneConfig(settings),
        new NoOffsets(), overrides);
    this.herder = new StandaloneHerder(worker, "bench", overrides);
    herder.start();
  }

  /** What sources would keep of theirs. */
  private static final class NoOffsets extends MemoryOffsetBackingStore {
    @Override
    public Set<Map<String, Object>> connectorPartitions(String connector) {
      return Set.of();
    }
  }

  /** Sinks all orders; answers the table when all are visible. */
  String sink(int number) throws Exception {
    var table = "sunk_" + number;
    var last = lastOfEachPartition();
    try (var connection = servers.database().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + table + OrderTotals.COLUMNS);
      statement.execute("ALTER TABLE " + table + " ADD PRIMARY KEY (order_id)");
      ask(answer -> herder.putConnectorConfig(table, settings(table), false, answer));
      try (var newest = connection.prepareStatement(
          "SELECT last_placed_at FROM " + table + " WHERE order_id = ?")) {
        for (var order : last) {
          newest.setString(1, order.orderId);
          while (!isThere(newest, order)) {
            requireRunning(table);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
          }
        }
      }
    }
    return table;
  }

  /** Takes the connector of this table away. */
  void stop(String table) throws Exception {
    ask(answer -> herder.deleteConnectorConfig(table, answer));
  }

  private static boolean isThere(PreparedStatement newest, Last order) throws SQLException {
    try (var row = newest.executeQuery()) {
      return row.next() && row.getLong(1) == order.placedAt;
    }
  }

  private Map<String, String> settings(String table) {
    var settings = new HashMap<String, String>();
    settings.put("name", table);
    settings.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    settings.put("topics", OrderHistory.STREAM.value());
    settings.put("tasks.max", String.valueOf(TASKS));
    settings.put("connection.url", servers.jdbcUrl());
    settings.put("connection.username", DevPostgres.USER);
    settings.put("connection.password", "");
    settings.put("collection.name.format", table);
    settings.put("insert.mode", "upsert");
    settings.put("primary.key.mode", "record_value");
    settings.put("primary.key.fields", "order_id");
    settings.put("schema.evolution", "none");
    settings.put("dialect.postgres.unnest.insert.enabled", "true");
    settings.put("use.reduction.buffer", "true");
    settings.put("batch.size", "5000");
    settings.put("consumer.override.max.poll.records", "5000");
    settings.put("consumer.override.auto.offset.reset", "earliest");
    return settings;
  }

  private void requireRunning(String table) {
    for (var task : herder.connectorStatus(table).tasks()) {
      if (task.state().equals("FAILED"))
        throw new IllegalStateException("the sink failed: " + task.trace());
    }
  }

  @FunctionalInterface
  private interface Question {
    void ask(Callback<Herder.Created<ConnectorInfo>> answer);
  }

  private static void ask(Question question) throws Exception {
    var answer = new FutureCallback<Herder.Created<ConnectorInfo>>();
    question.ask(answer);
    var _ = answer.get(1, TimeUnit.MINUTES);
  }

  private List<Last> lastOfEachPartition() {
    var decoder = servers.codec().decoder(List.of(Order.TYPE));
    var settings = Map.<String, Object>of("bootstrap.servers", servers.bootstrapServers());
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
        new ByteArrayDeserializer())) {
      var ends = consumer.endOffsets(consumer.partitionsFor(OrderHistory.STREAM.value()).stream()
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
      ends.values().removeIf(end -> end == 0);
      consumer.assign(ends.keySet());
      ends.forEach((partition, end) -> consumer.seek(partition, end - 1));
      var last = new ArrayList<Last>();
      while (last.size() < ends.size()) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          var order = (Order) decoder.decode(record.value()).orElseThrow();
          last.add(new Last(order.orderId(), order.placedAt()));
        }
      }
      return last;
    }
  }

  @Override
  public void close() {
    herder.stop();
  }
}
