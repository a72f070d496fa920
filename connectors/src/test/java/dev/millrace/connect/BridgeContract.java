package dev.millrace.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.connect.BridgeHealth.State;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;

/** What a bridge does between any two logs. */
interface BridgeContract {
  int ROUNDS = Integer.getInteger("millrace.crash.rounds", 4);
  long SEED = Long.getLong("millrace.crash.seed", System.nanoTime());

  /** The logs, shared by the tests of a class. */
  BridgeLogs logs();

  private EventLog source() {
    return logs().source();
  }

  private EventLog target() {
    return logs().target();
  }

  @Test
  default void key_envelope_payload_and_order_are_carried_over() {
    var from = stream(source(), "from", 3);
    var to = stream(target(), "to", 2);
    var entries = entries(from, new Random(1), 500);
    append(source(), entries);

    try (var bridge = bridge(from, to).start()) {
      awaitCarried(bridge, from, to, entries.size());
    }

    assertThat(said(read(target(), to))).isEqualTo(said(entries));
  }

  @Test
  default void a_bridge_goes_on_where_the_one_before_it_of_its_name_stopped() {
    var from = stream(source(), "from", 2);
    var to = stream(target(), "to", 2);
    var entries = entries(from, new Random(2), 300);
    for (int part = 0; part < 3; part++) {
      append(source(), entries.subList(100 * part, 100 * part + 100));
      try (var bridge = bridge(from, to).start()) {
        awaitCarried(bridge, from, to, 100 * part + 100);

        assertThat(bridge.health().carried()).isEqualTo(100);
        assertThat(bridge.health().state()).isEqualTo(State.CARRYING);
      }
    }

    assertThat(said(read(target(), to))).isEqualTo(said(entries));
  }

  @Test
  default void a_bridge_stops_when_another_takes_its_name() {
    var from = stream(source(), "from", 1);
    var to = stream(target(), "to", 1);
    try (var older = bridge(from, to).start()) {
      append(source(), entries(from, new Random(3), 10));
      awaitCarried(older, from, to, 10);
      try (var newer = bridge(from, to).start()) {
        Shop.await("the newer one has begun", () -> newer.health().cursor().equals(older.health().cursor()));
        append(source(), entries(from, new Random(4), 10));
        awaitCarried(newer, from, to, 20);

        Shop.await("the older one has stopped", () -> older.health().state() == State.FAILED);
        assertThat(older.health().lastError().orElseThrow()).contains("another writer");
      }
    }
  }

  @Test
  default void a_stream_that_is_not_there_is_named() {
    var to = stream(target(), "to", 1);
    try (var bridge = bridge(StreamName.of("bridge.nowhere"), to).start()) {
      Shop.await("it says so", () -> bridge.health().state() == State.FAILED);

      assertThat(bridge.health().lastError().orElseThrow()).contains("bridge.nowhere");
    }
  }

  /** Each once, but where the log that is written to may hold an entry twice: then in order, if the second is left out. */
  @Test
  default void each_record_is_carried_once_by_bridges_that_are_killed(@TempDir Path folder) throws Exception {
    var random = new Random(SEED);
    var from = stream(source(), "from", 3);
    var to = stream(target(), "to", 3);
    var entries = entries(from, random, 400 * (ROUNDS + 1));
    for (int round = 0; round < ROUNDS; round++) {
      var output = folder.resolve("bridge-" + round + ".log");
      var process = RelayProcess.start(output, BridgeProcess.class, logs().from().address(),
          logs().to().address(), logs().marks(), from.value(), to.value());
      try {
        int before = read(target(), to).size();
        append(source(), entries.subList(400 * round, 400 * round + 400));
        if (random.nextInt(4) == 0)
          process.waitFor(random.nextInt(3_000), MILLISECONDS);
        else
          Shop.await("some are carried, seed " + SEED + ", see " + output,
              () -> read(target(), to).size() > before);
        LockSupport.parkNanos(random.nextInt(20_000_000));
        assertThat(process.isAlive()).as("bridge of seed %d, see %s", SEED, output).isTrue();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    append(source(), entries.subList(400 * ROUNDS, 400 * ROUNDS + 400));

    try (var bridge = bridge(from, to).start()) {
      awaitCarried(bridge, from, to, entries.size());
    }

    assertThat(ids(read(target(), to), target().repeats())).as("seed %d", SEED)
        .isEqualTo(ids(entries, false));
  }

  /** The ids under each key, in order. */
  private static Map<String, List<String>> ids(List<?> entriesOrRecords, boolean firstOnly) {
    var ids = new HashMap<String, List<String>>();
    said(entriesOrRecords).forEach((key, things) -> {
      var ofKey = things.stream().map(thing -> thing.envelope().id());
      ids.put(key, (firstOnly ? ofKey.distinct() : ofKey).toList());
    });
    return ids;
  }

  private Bridge bridge(StreamName from, StreamName to) {
    return BridgeProcess.bridge(source(), from, target(), to);
  }

  /** A stream that no other test has. */
  static StreamName stream(EventLog log, String name, int partitions) {
    var stream = StreamName.of("b" + UUID.randomUUID().toString().substring(0, 18) + "." + name);
    log.create(stream, partitions);
    return stream;
  }

  static List<LogEntry> entries(StreamName stream, Random random, int count) {
    var entries = new ArrayList<LogEntry>();
    for (int i = 0; i < count; i++) {
      var key = "key-" + random.nextInt(7);
      var payload = new byte[1 + random.nextInt(100)];
      random.nextBytes(payload);
      var envelope = Envelope.of(UUID.randomUUID().toString(), "/bridge", "test.Thing",
          Instant.ofEpochSecond(i, 123_456_789), key);
      entries
          .add(new LogEntry(stream, key, i == 0 ? envelope : envelope.causedBy(entries.getFirst().envelope()),
              payload));
    }
    return entries;
  }

  static void append(EventLog log, List<LogEntry> entries) {
    try (var writer = log.writer()) {
      var receipts = entries.stream().map(writer::append).toList();
      writer.flush();
      receipts.forEach(receipt -> assertThat(receipt).isCompleted());
    }
  }

  private void awaitCarried(Bridge bridge, StreamName from, StreamName to, int count) {
    Shop.await("all is carried over: " + bridge.health(),
        () -> source().lag(Set.of(from), bridge.health().cursor()) == 0);
    // A transaction of Kafka is committed a moment before its last partition shows it.
    Shop.await("it is to be read", () -> read(target(), to).size() >= count);
  }

  /** All that the stream holds now. */
  static List<LogRecord> read(EventLog log, StreamName stream) {
    var end = log.end(Set.of(stream));
    var records = new ArrayList<LogRecord>();
    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      while (!reader.cursor().hasReached(end))
        records.addAll(reader.poll(Duration.ofMillis(200)).records());
    }
    return records;
  }

  /** What was said under each key, in order. */
  record Thing(Envelope envelope, List<Byte> payload) {}

  private static Map<String, List<Thing>> said(List<?> entriesOrRecords) {
    var said = new HashMap<String, List<Thing>>();
    for (var one : entriesOrRecords) {
      switch (one) {
        case LogEntry entry -> add(said, entry.key(), entry.envelope(), entry.payload());
        case LogRecord record -> add(said, record.key(), record.envelope(), record.payload());
        default -> throw new IllegalArgumentException(one.toString());
      }
    }
    return said;
  }

  private static void add(Map<String, List<Thing>> said, String key, Envelope envelope, byte[] payload) {
    var bytes = new ArrayList<Byte>();
    for (byte each : payload)
      bytes.add(each);
    said.computeIfAbsent(key, _ -> new ArrayList<>()).add(new Thing(envelope, bytes));
  }
}
