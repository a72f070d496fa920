package dev.millrace.bench;

import bench.Order;
import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * From the call of publish to the moment a query answers with the event, at a thousand events a second, beside the moment
 * that a raw consumer has the same event in hand. One event in twenty is looked for.
 */
final class EndToEndBench implements Bench {
  private static final String PEER = "raw-consumer";
  private static final StreamName STREAM = StreamName.of("bench.orders");
  private static final long BETWEEN_EVENTS = 1_000_000;
  private static final int EVENTS_A_PROBE = 20;
  private static final int WARM_UP_PROBES = 100;
  private static final String FIRST = "first";
  private static final String LOOK = "SELECT 1 FROM views.order_totals WHERE order_id = ?";

  @Override
  public String name() {
    return "end-to-end";
  }

  @Override
  public long defaultEvents() {
    return 30_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step("end-to-end: starting Kafka and PostgreSQL");
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    try (var kafka = DevKafka.start();
        var postgres = DevPostgres.start();
        var log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()))) {
      log.create(STREAM, 4);
      var view = OrderTotals.view("order-totals");
      try (var runner = Runner.of(view).log(log).codec(codec).database(postgres.dataSource()).build()
          .start()) {
        awaitTable(runner);
        awaitFirst(log, codec, postgres);
        progress.step("end-to-end: " + events + " events, 1,000 a second");
        var seen = new ConcurrentHashMap<String, Long>();
        var consumer = rawConsumer(kafka.bootstrapServers());
        var consuming = Thread.ofPlatform().name("raw-consumer").daemon()
            .start(() -> consume(consumer, seen));
        var probes = new ConcurrentHashMap<String, Long>();
        var asked = new ArrayList<Probe>();
        var publisher = Thread.ofPlatform().name("publisher")
            .start(() -> publish(events, log, codec, probes));
        try (var connection = postgres.dataSource().getConnection();
            var query = connection.prepareStatement(LOOK)) {
          for (long probe = 0; probe < events / EVENTS_A_PROBE; probe++) {
            var key = "probe-" + probe;
            query.setString(1, key);
            while (!probes.containsKey(key))
              LockSupport.parkNanos(50_000);
            while (!answers(query))
              LockSupport.parkNanos(50_000);
            asked.add(new Probe(key, System.nanoTime() - probes.get(key)));
          }
        }
        publisher.join();
        while (seen.size() < asked.size())
          LockSupport.parkNanos(50_000);
        consumer.wakeup();
        consuming.join();
        return figures(asked, probes, seen);
      }
    }
  }

  /** An event that was looked for, and how long it took to be found. */
  private record Probe(String key, long nanos) {}

  private static boolean answers(PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      return rows.next();
    }
  }

  private List<Figure> figures(List<Probe> asked, Map<String, Long> published, Map<String, Long> seen) {
    var counted = asked.subList(Math.min(WARM_UP_PROBES, asked.size() / 2), asked.size());
    var queryable = counted.stream().mapToDouble(probe -> probe.nanos() / 1e6).toArray();
    var consumed = counted.stream()
        .mapToDouble(probe -> (at(seen, probe) - at(published, probe)) / 1e6)
        .toArray();
    var figures = new ArrayList<Figure>();
    for (double share : new double[]{0.5, 0.99}) {
      var metric = share == 0.5 ? "p50" : "p99";
      double peer = quantile(consumed, share);
      figures.add(new Figure(name(), "millrace", metric, "ms", quantile(queryable, share), 1, PEER,
          quantile(queryable, share) / peer));
      figures.add(new Figure(name(), PEER, metric, "ms", peer, 1, PEER, 1));
    }
    return figures;
  }

  private static long at(Map<String, Long> times, Probe probe) {
    return Objects.requireNonNull(times.get(probe.key()), probe.key());
  }

  private static double quantile(double[] values, double share) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
  }

  private static void publish(long events, EventLog log, EventCodec codec, Map<String, Long> probes) {
    var orders = Orders.make(10_000, 1_000);
    try (var publisher = Publisher.builder(log.writer(), codec).source("/bench").build()) {
      long started = System.nanoTime();
      for (long i = 0; i < events; i++) {
        for (long left = started + i * BETWEEN_EVENTS - System.nanoTime(); left > 0; left = started
            + i * BETWEEN_EVENTS
            - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        var order = orders.get((int) (i % orders.size()));
        if (i % EVENTS_A_PROBE == 0) {
          var key = "probe-" + i / EVENTS_A_PROBE;
          probes.put(key, System.nanoTime());
          order = withId(order, key);
        }
        var _ = publisher.publish(order);
      }
    }
  }

  private static KafkaConsumer<String, byte[]> rawConsumer(String bootstrapServers) {
    var settings = Map.<String, Object>of("bootstrap.servers", bootstrapServers, "isolation.level",
        "read_committed", "auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private static void consume(KafkaConsumer<String, byte[]> consumer, Map<String, Long> seen) {
    try (consumer) {
      consumer.assign(consumer.partitionsFor(STREAM.value()).stream()
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
      while (true) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          if (record.key().startsWith("probe-"))
            seen.put(record.key(), System.nanoTime());
        }
      }
    } catch (WakeupException stopped) {
      // the bench has all it wants
    }
  }

  private static Order withId(Order order, String id) {
    return new Order(id, order.customerId(), order.country(), order.city(), order.placedAt(), order.channel(),
        order.total(),
        order.currency(), order.gift(), order.units(), order.note(), order.lines());
  }

  /** A runner runs before it has asked the database for its table. */
  private static void awaitTable(Runner runner) {
    while (runner.generation().isEmpty())
      LockSupport.parkNanos(50_000);
  }

  /** Until the runner has its partitions and the first event has gone the whole way, nothing is measured. */
  private static void awaitFirst(EventLog log, EventCodec codec, DevPostgres postgres) throws SQLException {
    try (var publisher = Publisher.builder(log.writer(), codec).source("/bench").build()) {
      publisher.publish(withId(Orders.make(1, 1).getFirst(), FIRST)).join();
    }
    try (var connection = postgres.dataSource().getConnection();
        var query = connection.prepareStatement(LOOK)) {
      query.setString(1, FIRST);
      while (!answers(query))
        LockSupport.parkNanos(50_000);
    }
  }
}
