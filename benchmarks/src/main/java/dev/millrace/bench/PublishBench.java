package dev.millrace.bench;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The Publisher, which encodes, makes an envelope and sends, beside two raw producers of the same settings: one sends the
 * same bytes and headers made beforehand, the other makes them for each event, as a service does that has no Publisher.
 * Events a second until all are acknowledged.
 */
final class PublishBench implements Bench {
  private static final String PEER = "kafka-clients";
  private static final StreamName STREAM = StreamName.of("bench.orders");
  private static final int PARTITIONS = 4;
  private static final int FRAME_LENGTH = 5;
  private static final int KEPT = 50_000;

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public long defaultEvents() {
    return 100_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step("publish: starting Kafka");
    var orders = Orders.make((int) Math.min(events, KEPT), KEPT);
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    try (var kafka = DevKafka.start(); var log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()))) {
      log.create(STREAM, PARTITIONS);
      try (
          var publisher = Publisher.builder(log.writer(), codec).source("/bench").maxInFlight(100_000)
              .build();
          var producer = new KafkaProducer<>(settings(kafka.bootstrapServers()), new ByteArraySerializer(),
              new ByteArraySerializer())) {
        greet(producer);
        var payloads = orders.stream().map(codec::encode).toList();
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (int i = 0; i < orders.size(); i++) {
          records.add(record(orders.get(i).orderId(), payloads.get(i)));
        }
        var avro = AvroPath.ofOrders();
        var frame = Arrays.copyOf(payloads.getFirst(), FRAME_LENGTH);
        var avroOrders = avro
            .decodeAll(payloads.stream().map(bytes -> Arrays.copyOfRange(bytes, FRAME_LENGTH, bytes.length))
                .toList());
        var subjects = new LinkedHashMap<String, Rounds.Subject>();
        subjects.put("millrace", () -> perSecond(events, orders, publisher::publish, publisher::flush));
        subjects.put(PEER, () -> perSecond(events, records,
            made -> producer.send(
                new ProducerRecord<>(made.topic(), null, null, made.key(), made.value(), made.headers())),
            producer::flush));
        subjects.put("kafka-clients and avro", () -> perSecond(events, avroOrders,
            order -> producer.send(record(order.getOrderId(), avro.encode(frame, order))), producer::flush));
        return new ArrayList<>(
            new Rounds(name(), 5, 21, progress).measure("throughput", "events/s", PEER, subjects));
      }
    }
  }

  private static Map<String, Object> settings(String bootstrapServers) {
    return Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5, "batch.size", 65_536,
        "enable.idempotence", true);
  }

  /** Lets each partition know the producer, as our writer does: two first requests at once may stall each other. */
  private static void greet(KafkaProducer<byte[], byte[]> producer) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      producer.send(new ProducerRecord<>(STREAM.value(), partition, new byte[0], new byte[0])).get();
    }
  }

  private static ProducerRecord<byte[], byte[]> record(String key, byte[] payload) {
    var random = ThreadLocalRandom.current();
    var envelope = Envelope.of(new UUID(random.nextLong(), random.nextLong()).toString(), "/bench",
        "bench.Order",
        Instant.now(), key);
    var headers = new ArrayList<Header>();
    envelope.attributes().forEach((name, value) -> headers.add(new RecordHeader("ce_" + name,
        value.getBytes(StandardCharsets.UTF_8))));
    return new ProducerRecord<>(STREAM.value(), null, null, key.getBytes(StandardCharsets.UTF_8), payload,
        headers);
  }

  @FunctionalInterface
  private interface Sending<T> {
    Future<?> send(T event) throws Exception;
  }

  private static <T> double perSecond(long events, List<T> values, Sending<T> sending, Runnable flush)
      throws Exception {
    long started = System.nanoTime();
    for (int i = 0; i < events; i++) {
      var _ = sending.send(values.get(i % values.size()));
    }
    flush.run();
    return events * 1e9 / (System.nanoTime() - started);
  }
}
