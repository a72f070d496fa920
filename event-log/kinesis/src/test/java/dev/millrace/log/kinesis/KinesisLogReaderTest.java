package dev.millrace.log.kinesis;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.test.Randomized;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;

/** What reading on Kinesis has beyond what every log has. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class KinesisLogReaderTest {
  private static final Duration POLL = Duration.ofMillis(200);
  private static LocalStreams streams;
  private static KinesisLog log;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    log = KinesisLog.at(streams.config().build());
  }

  @AfterAll
  static void stop() {
    log.close();
    streams.close();
  }

  @Test
  void each_key_is_read_in_order_while_shards_are_split_and_merged() {
    var random = Randomized.random();
    var stream = created("reshard", 2);
    var written = new ArrayList<LogEntry>();
    var read = new ArrayList<LogRecord>();
    var cursor = Cursor.start();

    for (var step = 0; step < 6; step++) {
      var entries = entries(stream, 150, written.size());
      streams.append(stream, entries);
      written.addAll(entries);
      reshard(stream, random);
      try (var reader = log.reader(Set.of(stream), cursor)) {
        for (var polls = random.nextInt(3); polls > 0; polls--)
          read.addAll(reader.poll(POLL).records());
        cursor = reader.cursor();
      }
    }
    var end = log.end(Set.of(stream));
    try (var reader = log.reader(Set.of(stream), cursor)) {
      readUntil(reader, read, () -> reader.cursor().hasReached(end));
    }

    assertThat(idsByKey(read)).as(Randomized.repeat()).isEqualTo(written.stream()
        .collect(groupingBy(LogEntry::key, mapping(entry -> entry.envelope().id(), toList()))));
  }

  @Test
  void a_cursor_that_has_ended_in_parents_goes_on_with_their_children() {
    var stream = created("parents", 1);
    streams.append(stream, entries(stream, 50, 0));
    streams.split(stream, openShards(stream).getFirst());
    var atEnds = log.end(Set.of(stream));
    streams.append(stream, entries(stream, 50, 50));

    var read = new ArrayList<LogRecord>();
    try (var reader = log.reader(Set.of(stream), atEnds)) {
      readUntil(reader, read, () -> read.size() >= 50);
      assertThat(reader.cursor().hasReached(log.end(Set.of(stream)))).isTrue();
    }

    assertThat(atEnds.positions()).hasSize(3);
    assertThat(log.lag(Set.of(stream), atEnds)).isEqualTo(50);
    assertThat(read).hasSize(50)
        .allMatch(
            record -> atEnds.position(record.partition()).map(Place::of).filter(Place::isBegun).isPresent());
  }

  @Test
  void a_log_that_listed_the_shards_before_a_split_knows_the_parent_of_what_came_of_it() {
    var stream = created("heirs", 1);
    var parent = log.partitions(stream).iterator().next();
    try (var other = KinesisLog.at(streams.config().build())) {
      streams.split(stream, openShards(stream).getFirst());
      var children = new HashSet<>(other.partitions(stream));
      children.remove(parent);

      assertThat(children).hasSize(2).allSatisfy(child -> {
        assertThat(log.parents(child)).containsExactly(parent);
        assertThat(other.parents(child)).containsExactly(parent);
      });
      assertThat(log.parents(parent)).isEmpty();
    }
  }

  @Test
  void a_cursor_in_a_stream_that_was_made_anew_is_expired_and_says_what_was_lost() {
    var stream = created("anew", 1);
    streams.append(stream, entries(stream, 5, 0));
    var before = log.end(Set.of(stream));
    streams.delete(stream);
    log.create(stream, 1);
    // Fewer: a local server numbers the records of two streams alike that were made within a second.
    streams.append(stream, entries(stream, 3, 0));

    try (var reader = log.reader(Set.of(stream), before)) {
      for (var again = 0; again < 2; again++)
        assertThatThrownBy(() -> readUntil(reader, new ArrayList<>(), () -> false))
            .isInstanceOfSatisfying(LogException.class, e -> {
              assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
              assertThat(e).hasMessageContaining(stream.value()).hasMessageContaining("shardId-000000000000")
                  .hasMessageContaining(before.positions().values().iterator().next().value());
            });
    }
    assertThatThrownBy(() -> log.lag(Set.of(stream), before)).isInstanceOfSatisfying(LogException.class,
        e -> assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED));
  }

  @Test
  void a_cursor_in_a_shard_that_is_gone_is_expired_unless_it_was_at_its_end() {
    var stream = created("gone", 1);
    var gone = new dev.millrace.log.Partition(stream, "shardId-000000000099");
    var within = Cursor.of(Map.of(gone, Place.record("17", 0).position()));
    var atEnd = Cursor.of(Map.of(gone, Place.end("17").position()));

    assertThatThrownBy(() -> log.reader(Set.of(stream), within).close())
        .isInstanceOfSatisfying(LogException.class, e -> {
          assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
          assertThat(e).hasMessageContaining(gone.toString()).hasMessageContaining("17");
        });
    log.reader(Set.of(stream), atEnd).close();
  }

  @Test
  void how_far_a_cursor_is_behind_is_the_age_of_the_oldest_record_after_it() {
    var stream = created("behind", 2);
    var streamOnly = Set.of(stream);
    assertThat(log.behind(streamOnly, Cursor.start())).contains(Duration.ZERO);
    streams.append(stream, entries(stream, 30, 0));
    var records = new ArrayList<LogRecord>();
    try (var reader = log.reader(streamOnly, Cursor.start())) {
      readUntil(reader, records, () -> records.size() >= 30);
    }
    var oldest = records.stream().map(LogRecord::appendedAt).min(Comparator.naturalOrder()).orElseThrow();

    var behind = log.behind(streamOnly, Cursor.start()).orElseThrow();

    assertThat(java.time.Instant.now().minus(behind)).isBetween(oldest, oldest.plusSeconds(2));
    assertThat(log.behind(streamOnly, log.end(streamOnly))).contains(Duration.ZERO);
  }

  @Test
  void a_cursor_of_another_log_is_refused() {
    var stream = created("other", 1);
    var partition = log.partitions(stream).iterator().next();

    assertThatThrownBy(
        () -> log.reader(Set.of(stream), Cursor.of(Map.of(partition, Position.of("42")))).close())
        .isInstanceOfSatisfying(LogException.class,
            e -> assertThat(e.code()).isEqualTo(LogException.Code.REFUSED));
  }

  @Test
  void throttled_calls_and_iterators_that_ran_out_are_asked_for_again_and_nothing_is_lost_or_doubled() {
    var faults = new AtomicInteger();
    var random = new Random(7);
    var faulty = KinesisLog.at(streams.config().client(builder -> {
      LocalStreams.credentials(builder);
      builder.overrideConfiguration(settings -> settings.addExecutionInterceptor(new ExecutionInterceptor() {
        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
          if (!(context.request() instanceof GetRecordsRequest) || random.nextInt(3) > 0)
            return;
          faults.incrementAndGet();
          if (random.nextBoolean())
            throw ProvisionedThroughputExceededException.builder().message("injected").build();
          throw ExpiredIteratorException.builder().message("injected").build();
        }
      }));
    }).build());
    var stream = created("faults", 2);
    var written = new ArrayList<LogEntry>();
    var read = new ArrayList<LogRecord>();

    try (faulty; var reader = faulty.reader(Set.of(stream), Cursor.start())) {
      for (var step = 0; step < 10; step++) {
        var entries = entries(stream, 20, written.size());
        streams.append(stream, entries);
        written.addAll(entries);
        readUntil(reader, read, () -> read.size() >= written.size());
      }
    }

    assertThat(faults).hasValueGreaterThan(3);
    assertThat(read).hasSize(200);
    assertThat(idsByKey(read)).isEqualTo(written.stream()
        .collect(groupingBy(LogEntry::key, mapping(entry -> entry.envelope().id(), toList()))));
  }

  private static StreamName created(String name, int shards) {
    var stream = LocalStreams.name(name);
    log.create(stream, shards);
    return stream;
  }

  private static List<LogEntry> entries(StreamName stream, int size, int from) {
    var entries = new ArrayList<LogEntry>();
    for (var i = from; i < from + size; i++)
      entries.add(LocalStreams.entry(stream, "k" + i % 13, "e" + i));
    return entries;
  }

  private static void reshard(StreamName stream, Random random) {
    var open = openShards(stream);
    if (open.size() > 2 || (open.size() > 1 && random.nextBoolean())) {
      var one = random.nextInt(open.size() - 1);
      streams.merge(stream, open.get(one), open.get(one + 1));
    } else
      streams.split(stream, open.get(random.nextInt(open.size())));
  }

  private static List<Shard> openShards(StreamName stream) {
    return new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).refresh(stream)
        .stream().filter(Shard::isOpen).sorted(Comparator.comparing(Shard::firstHash)).toList();
  }

  private static Map<String, List<String>> idsByKey(List<LogRecord> records) {
    return records.stream()
        .collect(groupingBy(LogRecord::key, mapping(record -> record.envelope().id(), toList())));
  }

  private static void readUntil(LogReader reader, List<LogRecord> read, BooleanSupplier enough) {
    try {
      await("enough records").pollInSameThread().until(() -> {
        if (!enough.getAsBoolean())
          read.addAll(reader.poll(POLL).records());
        return enough.getAsBoolean();
      });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("read only " + read.size() + " records, at " + reader.cursor(), e);
    }
  }
}
