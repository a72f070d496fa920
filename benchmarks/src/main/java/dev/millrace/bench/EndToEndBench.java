package dev.millrace.bench;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.Runner;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final String PART = "probe-";
  private static final int WARM_UP_PROBES = 100;

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
        var probes = new Probes(log, codec, postgres.dataSource());
        probes.run("first-", published -> published < 1); // until it has gone the whole way, nothing is measured
        progress.step("end-to-end: " + events + " events, 1,000 a second");
        var seen = new ConcurrentHashMap<String, Long>();
        var consumer = rawConsumer(kafka.bootstrapServers());
        var consuming = Thread.ofPlatform().name("raw-consumer").daemon()
            .start(() -> consume(consumer, seen));
        var asked = probes.run(PART, published -> published < events);
        while (seen.size() < asked.size())
          LockSupport.parkNanos(50_000);
        consumer.wakeup();
        consuming.join();
        return figures(asked, seen);
      }
    }
  }

  private List<Figure> figures(List<Probes.Probe> asked, Map<String, Long> seen) {
    var counted = asked.subList(Math.min(WARM_UP_PROBES, asked.size() / 2), asked.size());
    var queryable = counted.stream().mapToDouble(Probes.Probe::millis).toArray();
    var consumed = counted.stream().mapToDouble(
        probe -> (Objects.requireNonNull(seen.get(probe.key()), probe.key()) - probe.published()) / 1e6)
        .toArray();
    var figures = new ArrayList<Figure>();
    for (double share : new double[]{0.5, 0.99}) {
      var metric = share == 0.5 ? "p50" : "p99";
      double own = Probes.quantile(queryable, share);
      double peer = Probes.quantile(consumed, share);
      figures.add(new Figure(name(), "millrace", metric, "ms", own, 1, PEER, own / peer));
      figures.add(new Figure(name(), PEER, metric, "ms", peer, 1, PEER, 1));
    }
    return figures;
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
          if (record.key().startsWith(PART))
            seen.put(record.key(), System.nanoTime());
        }
      }
    } catch (WakeupException stopped) {
      // the bench has all it wants
    }
  }

  /** A runner runs before it has asked the database for its table. */
  private static void awaitTable(Runner runner) {
    while (runner.generation().isEmpty())
      LockSupport.parkNanos(50_000);
  }
}
