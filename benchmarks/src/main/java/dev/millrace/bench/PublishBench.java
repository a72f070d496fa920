package dev.millrace.bench;

import bench.Order;
import dev.millrace.dev.DevKafka;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The Publisher, which encodes, makes an envelope and sends, beside a raw producer of the same settings that sends bytes and
 * headers made beforehand. Events a second until all are acknowledged.
 */
final class PublishBench implements Bench {
  private static final String PEER = "kafka-clients";
  private static final StreamName STREAM = StreamName.of("bench.orders");

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public long defaultEvents() {
    return 300_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step("publish: starting Kafka");
    var orders = Orders.make((int) Math.min(events, 50_000), 50_000);
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    try (var kafka = DevKafka.start(); var log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()))) {
      log.create(STREAM, 4);
      try (
          var publisher = Publisher.builder(log.writer(), codec).source("/bench").maxInFlight(100_000)
              .build();
          var producer = new KafkaProducer<>(settings(kafka.bootstrapServers()), new ByteArraySerializer(),
              new ByteArraySerializer())) {
        var records = orders.stream().map(order -> record(order, codec)).toList();
        var subjects = new LinkedHashMap<String, Rounds.Subject>();
        subjects.put("millrace", () -> perSecond(events, () -> {
          for (int i = 0; i < events; i++) {
            var _ = publisher.publish(orders.get(i % orders.size()));
          }
          publisher.flush();
        }));
        subjects.put(PEER, () -> perSecond(events, () -> {
          for (int i = 0; i < events; i++) {
            var made = records.get(i % records.size());
            var _ = producer.send(
                new ProducerRecord<>(made.topic(), null, null, made.key(), made.value(), made.headers()));
          }
          producer.flush();
        }));
        return new ArrayList<>(
            new Rounds(name(), 3, 9, progress).measure("throughput", "events/s", PEER, subjects));
      }
    }
  }

  private static Map<String, Object> settings(String bootstrapServers) {
    return Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5, "batch.size", 65_536,
        "enable.idempotence", true);
  }

  private static ProducerRecord<byte[], byte[]> record(Order order, EventCodec codec) {
    var envelope = Envelope.of("0199c2f0-0000-7000-8000-000000000000", "/bench", "bench.Order", Instant.now(),
        order.orderId());
    var headers = new ArrayList<Header>();
    envelope.attributes().forEach((name, value) -> headers.add(new RecordHeader("ce_" + name,
        value.getBytes(StandardCharsets.UTF_8))));
    return new ProducerRecord<>(STREAM.value(), null, null, order.orderId().getBytes(StandardCharsets.UTF_8),
        codec.encode(order), headers);
  }

  private static double perSecond(long events, Runnable work) {
    long started = System.nanoTime();
    work.run();
    return events * 1e9 / (System.nanoTime() - started);
  }
}
