package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.Reading;
import dev.millrace.schema.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** P4: what lies on Kafka is what the world reads: held against golden bytes with Kafka's own client. */
class KafkaWireTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final LogEntry WHOLE = new LogEntry(StreamName.of("wire"), "Köln-7",
      new Envelope("0192f4ab-1", "/sales", "shop.sales.OrderPlaced",
          Instant.parse("2010-12-01T08:26:00.123456789Z"),
          "536365", Optional.of("conversation-1"), Optional.of("0192f4ab-0"), Optional.of(TRACE),
          Optional.of("vendor=value")),
      HexFormat.of().parseHex("00000000010c353336333635"));
  private static final LogEntry LEAST = new LogEntry(StreamName.of("wire"), "536366",
      Envelope.of("id-2", "/sales",
          "shop.sales.OrderPlaced", Instant.parse("2011-12-09T12:50:00Z"), "536366"),
      new byte[]{0, 0, 0, 0, 2});

  private static KafkaLog log;

  @BeforeAll
  static void start() {
    log = KafkaLog.at(KafkaLogConfig.of(SharedServers.kafka().bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    log.close();
  }

  @Test
  void what_is_appended_lies_there_as_the_golden_bytes_say() throws IOException {
    log.create(StreamName.of("wire"), 1);
    try (var writer = log.writer()) {
      writer.append(WHOLE).join();
      writer.append(LEAST).join();
    }

    var lines = raw("wire", 2).stream().flatMap(record -> lines(record).stream()).toList();

    assertThat(lines).isEqualTo(golden());
  }

  @Test
  void a_record_of_another_producer_with_no_envelope_or_a_broken_one_is_named_and_the_others_are_read() {
    var stream = StreamName.of("foreign");
    log.create(stream, 1);
    produce(stream, Map.of());
    produce(stream,
        Map.of("ce_specversion", "1.0", "ce_id", "1", "ce_source", "/x", "ce_type", "T", "ce_time", "noon"));
    produce(stream,
        Map.of("ce_specversion", "0.3", "ce_id", "1", "ce_source", "/x", "ce_type", "T", "ce_time",
            "2011-12-09T12:50:00Z"));
    produce(stream,
        Map.of("ce_specversion", "1.0", "ce_id", "1", "ce_source", "/x", "ce_type", "T", "ce_time",
            "2011-12-09T12:50:00Z"));

    var records = read(stream, 4);

    assertMalformed(records.get(0), "foreign/0@0", "ce_specversion is missing");
    assertMalformed(records.get(1), "foreign/0@1", "noon");
    assertMalformed(records.get(2), "foreign/0@2", "0.3");
    assertThat(records.get(3).envelope().subject()).as("CloudEvents need no subject").isEqualTo("k");
  }

  private static void assertMalformed(LogRecord record, String where, String what) {
    assertThatThrownBy(record::envelope).isInstanceOfSatisfying(LogException.class, e -> {
      assertThat(e.code()).isEqualTo(LogException.Code.MALFORMED);
      assertThat(e).hasMessageContaining(where).hasMessageContaining(what);
    });
  }

  private static void produce(StreamName stream, Map<String, String> headers) {
    try (var producer = new KafkaProducer<>(
        Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()),
        new ByteArraySerializer(), new ByteArraySerializer())) {
      var record = new ProducerRecord<>(stream.value(), "k".getBytes(UTF_8), new byte[]{1});
      headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
      var _ = producer.send(record);
    }
  }

  private static List<LogRecord> read(StreamName stream, int count) {
    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      var records = Reading.until(reader, read -> read.size() >= count, count + " records");
      assertThat(records).hasSize(count);
      return records;
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> raw(String topic, int count) {
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var consumer = new KafkaConsumer<>(
        Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()),
        new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      await("the records").pollInSameThread().until(() -> {
        records.addAll(consumer.poll(Duration.ofMillis(200)).records(partition));
        return records.size() >= count;
      });
    }
    return records;
  }

  private static List<String> lines(ConsumerRecord<byte[], byte[]> record) {
    var hex = HexFormat.of();
    var lines = new ArrayList<String>();
    lines.add("key " + hex.formatHex(record.key()));
    record.headers().forEach(header -> lines.add(header.key() + " " + hex.formatHex(header.value())));
    lines.add("value " + hex.formatHex(record.value()));
    return lines;
  }

  private static List<String> golden() throws IOException {
    try (var file = KafkaWireTest.class.getResourceAsStream("/golden/kafka-records.txt")) {
      assertThat(file).isNotNull();
      return new String(file.readAllBytes(), UTF_8).lines().filter(line -> !line.startsWith("#"))
          .collect(Collectors.toList());
    }
  }
}
