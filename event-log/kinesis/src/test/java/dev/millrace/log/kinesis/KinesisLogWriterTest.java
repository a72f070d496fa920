package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogRecord;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.FaultyService.Chances;
import dev.millrace.log.tck.History;
import dev.millrace.schema.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(6)
class KinesisLogWriterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static LocalStreams streams;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
  }

  @AfterAll
  static void stop() {
    streams.close();
  }

  @ParameterizedTest
  @CsvSource({"5, 2, false", "40, 5, false", "80, 0, false", "5, 2, true", "40, 5, true", "80, 0, true"})
  void entries_of_a_key_keep_their_order_however_many_records_are_refused_or_sent_again(int refused,
      int unanswered, boolean aggregation) {
    var faults = new FaultyService(new Random(11), new Chances(refused, 0, unanswered, 0, 0));
    try (var log = KinesisLog.at(impatient(faults).aggregation(aggregation).build())) {
      var stream = newStream(log, 3);
      var entries = entries(stream, 120, 12);

      var receipts = append(log, entries);

      assertThat(faults.injected()).isPositive();
      assertThat(receipts.values()).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      assertThat(History.idsByKey(streams.records(stream)))
          .containsExactlyInAnyOrderEntriesOf(idsByKey(entries));
      assertPlacesAreRight(receipts, streams.records(stream));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void order_holds_and_nothing_is_lost_while_shards_are_split_and_merged(boolean aggregation) {
    var faults = new FaultyService(new Random(5), new Chances(20, 0, 0, 0, 0));
    try (var log = KinesisLog.at(impatient(faults).aggregation(aggregation).build())) {
      var stream = newStream(log, 1);
      var entries = entries(stream, 300, 40);
      var receipts = new LinkedHashMap<String, CompletableFuture<Receipt>>();

      try (var writer = log.writer()) {
        append(writer, entries.subList(0, 100), receipts);
        streams.split(stream, streams.resharding().open(stream).getFirst());
        append(writer, entries.subList(100, 200), receipts);
        var halves = streams.resharding().open(stream);
        streams.merge(stream, halves.getFirst(), halves.getLast());
        append(writer, entries.subList(200, 300), receipts);
      }

      assertThat(receipts.values()).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      assertThat(History.idsByKey(streams.records(stream)))
          .containsExactlyInAnyOrderEntriesOf(idsByKey(entries));
      assertPlacesAreRight(receipts, streams.records(stream));
    }
  }

  @Test
  void aggregation_makes_few_records_of_many_entries_each_in_the_shard_of_its_key() {
    try (var log = KinesisLog.at(streams.config().aggregation(true).build())) {
      var stream = newStream(log, 2);

      append(log, entries(stream, 1_000, 50));

      assertThat(streams.raw(stream).values().stream().mapToInt(List::size).sum()).isLessThan(100);
      assertThat(streams.records(stream)).as("those in the wrong shard would be dropped").hasSize(1_000);
    }
  }

  @Test
  void an_entry_that_is_too_large_is_refused_and_the_others_are_taken() {
    try (var log = KinesisLog.at(streams.config().build()); var writer = log.writer()) {
      var stream = newStream(log, 1);

      var before = writer.append(entry(stream, "k", "before", new byte[10]));
      var large = writer.append(entry(stream, "the-key", "large", new byte[1024 * 1024]));
      var largest = writer.append(entry(stream, "k", "largest", new byte[1024 * 1024 - 300]));

      assertThatThrownBy(large::join).cause().isInstanceOfSatisfying(LogException.class, e -> {
        assertThat(e.code()).isEqualTo(Code.TOO_LARGE);
        assertThat(e).hasMessageContaining(stream.value()).hasMessageContaining("the-key");
      });
      assertThat(before).succeedsWithin(PATIENCE);
      assertThat(largest).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void an_append_to_no_stream_fails_and_says_so() {
    try (var log = KinesisLog.at(streams.config().build()); var writer = log.writer()) {
      assertThatThrownBy(writer.append(entry(StreamName.of("none"), "k", "1", new byte[1]))::join).cause()
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(Code.UNKNOWN_STREAM);
            assertThat(e).hasMessageContaining("none");
          });
    }
  }

  @Test
  void what_is_refused_for_as_long_as_an_append_may_take_fails_and_says_why() {
    var faults = new FaultyService(new Random(1), new Chances(0, 100, 0, 0, 0));
    try (var log = KinesisLog.at(impatient(faults).deliveryTimeout(Duration.ofSeconds(1))
        .requestTimeout(Duration.ofMillis(900)).build()); var writer = log.writer()) {
      var stream = newStream(log, 1);

      var first = writer.append(entry(stream, "k", "1", new byte[1]));
      var second = writer.append(entry(stream, "k", "2", new byte[1]));

      assertThatThrownBy(first::join).cause().isInstanceOfSatisfying(LogException.class, e -> {
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageContaining(stream.value()).hasMessageContaining("'k'")
            .hasMessageContaining("delivery timeout of 1 s")
            .hasMessageContaining("injected");
      });
      assertThatThrownBy(second::join).cause().isInstanceOf(LogException.class);
      faults.stop();
      assertThat(writer.append(entry(stream, "k", "3", new byte[1]))).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void a_callback_that_blocks_does_not_hold_up_what_others_append() {
    try (var log = KinesisLog.at(streams.config().build()); var writer = log.writer()) {
      var stream = newStream(log, 1);
      var release = new CompletableFuture<Void>();
      var told = writer.append(entry(stream, "a", "1", new byte[1])).thenAccept(_ -> release.join());

      var later = writer.append(entry(stream, "b", "2", new byte[1]));
      try {
        await("the log to have both although a callback blocks")
            .untilAsserted(() -> assertThat(streams.records(stream)).hasSize(2));
      } finally {
        // Closing the writer waits for the callback.
        release.complete(null);
      }
      assertThat(told).succeedsWithin(PATIENCE);
      assertThat(later).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void a_writer_holds_no_more_than_its_buffer_and_goes_on_when_there_is_room() {
    try (var log = KinesisLog
        .at(streams.config().maxRecordBytes(10_000).maxCallBytes(20_000).bufferBytes(10_000).build())) {
      var stream = newStream(log, 1);
      var entries = entries(stream, 80, 7);

      var receipts = append(log, entries);

      assertThat(receipts.values()).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      assertThat(History.idsByKey(streams.records(stream)))
          .containsExactlyInAnyOrderEntriesOf(idsByKey(entries));
    }
  }

  @Test
  void appending_to_a_closed_writer_is_a_defect_of_the_caller() {
    try (var log = KinesisLog.at(streams.config().build())) {
      var stream = newStream(log, 1);
      var writer = log.writer();
      writer.append(entry(stream, "k", "1", new byte[1])).join();
      writer.close();

      assertThatThrownBy(() -> writer.append(entry(stream, "k", "2", new byte[1])))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Many small calls, several in flight at once: many chances for a fault. */
  private static KinesisLogConfig.Builder impatient(FaultyService faults) {
    return streams.config(faults).linger(Duration.ZERO).maxRecordBytes(2_000).maxCallBytes(4_000);
  }

  private static StreamName newStream(KinesisLog log, int shards) {
    var stream = StreamName.of("writer." + UUID.randomUUID());
    log.create(stream, shards);
    return stream;
  }

  private static List<LogEntry> entries(StreamName stream, int count, int keys) {
    var random = new Random(9);
    var numbers = new HashMap<String, Integer>();
    var entries = new ArrayList<LogEntry>();
    for (var i = 0; i < count; i++) {
      var key = "k" + (int) (keys * random.nextDouble() * random.nextDouble());
      entries.add(
          entry(stream, key, key + "#" + numbers.merge(key, 1, Integer::sum), new byte[random.nextInt(200)]));
    }
    return entries;
  }

  private static LogEntry entry(StreamName stream, String key, String id, byte[] payload) {
    return new LogEntry(stream, key, Envelope.of(id, "/test", "T", Instant.EPOCH, key), payload);
  }

  private static Map<String, CompletableFuture<Receipt>> append(KinesisLog log, List<LogEntry> entries) {
    var receipts = new LinkedHashMap<String, CompletableFuture<Receipt>>();
    try (var writer = log.writer()) {
      append(writer, entries, receipts);
      writer.flush();
      assertThat(receipts.values()).allSatisfy(receipt -> assertThat(receipt).isDone());
    }
    return receipts;
  }

  private static void append(LogWriter writer, List<LogEntry> entries,
      Map<String, CompletableFuture<Receipt>> receipts) {
    entries.forEach(entry -> receipts.put(entry.envelope().id(), writer.append(entry)));
  }

  private static Map<String, List<String>> idsByKey(List<LogEntry> entries) {
    var ids = new LinkedHashMap<String, List<String>>();
    entries.forEach(
        entry -> ids.computeIfAbsent(entry.key(), _ -> new ArrayList<>()).add(entry.envelope().id()));
    return ids;
  }

  private static void assertPlacesAreRight(Map<String, CompletableFuture<Receipt>> receipts,
      List<LogRecord> records) {
    var places = records.stream()
        .map(record -> List.of(record.partition(), record.position(), record.envelope().id())).toList();
    assertThat(places).containsAll(receipts.values().stream().map(CompletableFuture::join)
        .map(receipt -> List.of(receipt.partition(), receipt.position(), receipt.eventId())).toList());
  }
}
