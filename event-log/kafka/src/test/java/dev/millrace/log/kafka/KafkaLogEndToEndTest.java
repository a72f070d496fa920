package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaLogEndToEndTest {
  private static DevKafka kafka;
  private static KafkaLog log;

  @BeforeAll
  static void start() {
    kafka = DevKafka.start();
    log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    log.close();
    kafka.close();
  }

  @Test
  void what_a_writer_appends_a_reader_reads_up_to_the_end() {
    var stream = StreamName.of("e2e.writer");
    log.create(stream, 3);
    try (var writer = log.writer()) {
      assertThat(entries(stream, 1000).stream().map(writer::append).toList()).hasSize(1000);
    }

    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      assertThat(readToEnd(stream, reader)).hasSize(1000);
    }
    assertThat(log.streams()).contains(stream);
    assertThat(log.lag(Set.of(stream), Cursor.start())).isEqualTo(1000);
  }

  @Test
  void a_bounded_reading_ends_behind_the_markers_of_transactions() {
    var stream = StreamName.of("e2e.batches");
    log.create(stream, 4);
    try (var writer = log.batchWriter("e2e")) {
      writer.append(entries(stream, 100), "1");
      writer.append(entries(stream, 7), "2");
    }

    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      assertThat(readToEnd(stream, reader)).hasSize(107);
    }
    try (var writer = log.batchWriter("e2e")) {
      assertThat(writer.mark()).contains("2");
    }
  }

  @Test
  void a_member_of_a_group_reads_what_it_owns() {
    var stream = StreamName.of("e2e.group");
    log.create(stream, 2);
    try (var writer = log.writer()) {
      assertThat(entries(stream, 500).stream().map(writer::append).toList()).hasSize(500);
    }
    var ownership = new Ownership() {
      @Override
      public Cursor assigned(Set<Partition> partitions) {
        return Cursor.start();
      }

      @Override
      public void revoked(Set<Partition> partitions) {}
    };

    try (var reader = log.reader(Set.of(stream), "e2e", ownership)) {
      assertThat(readToEnd(stream, reader)).hasSize(500);
    }
  }

  private static List<LogRecord> readToEnd(StreamName stream, LogReader reader) {
    var end = log.end(Set.of(stream));
    var records = new ArrayList<LogRecord>();
    var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!reader.cursor().hasReached(end)) {
      assertThat(System.nanoTime()).as("reading %s, at %s", end, reader.cursor()).isLessThan(deadline);
      records.addAll(reader.poll(Duration.ofMillis(500)).records());
    }
    return records;
  }

  private static List<LogEntry> entries(StreamName stream, int count) {
    return IntStream.range(0, count).mapToObj(i -> new LogEntry(stream, "key-" + i % 17,
        Envelope.of("id-" + i, "/test", "test.Thing", Instant.EPOCH.plusMillis(i), "key-" + i % 17),
        ("payload-" + i).getBytes(UTF_8))).toList();
  }
}
