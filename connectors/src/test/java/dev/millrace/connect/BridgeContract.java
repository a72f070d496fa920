package dev.millrace.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.millrace.connect.BridgeHealth.State;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import dev.millrace.test.Randomized;

/** What a bridge does between any two logs. */
interface BridgeContract {
  int ROUNDS = Randomized.rounds(2, 4);
  int RECORDS_PER_ROUND = 100 * Math.min(ROUNDS, 4);

  /** The logs, which the tests of a class share. */
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
        await("the newer one has begun").until(() -> newer.health().cursor().equals(older.health().cursor()));
        append(source(), entries(from, new Random(4), 10));
        awaitCarried(newer, from, to, 20);

        await("the older one fails").until(() -> older.health().state() == State.FAILED);
        assertThat(older.health().lastError().orElseThrow()).contains("another writer");
      }
    }
  }

  @Test
  default void a_stream_that_is_not_there_is_named() {
    var to = stream(target(), "to", 1);
    try (var bridge = bridge(StreamName.of("bridge.nowhere"), to).start()) {
      await("the bridge fails").until(() -> bridge.health().state() == State.FAILED);

      assertThat(bridge.health().lastError().orElseThrow()).contains("bridge.nowhere");
    }
  }

  /** If the target log may contain an entry twice, the second one is ignored. */
  @Test
  @Tag("acceptance")
  default void each_record_is_carried_once_by_bridges_that_are_killed() throws Exception {
    var random = Randomized.random();
    var from = stream(source(), "from", 3);
    var to = stream(target(), "to", 3);
    var entries = entries(from, random, RECORDS_PER_ROUND * (ROUNDS + 1));
    try (var carried = new StreamContents(target(), to)) {
      for (int round = 0; round <= ROUNDS; round++) {
        int first = RECORDS_PER_ROUND * round;
        if (round < ROUNDS)
          killABridge(from, to, carried, entries.subList(first, first + RECORDS_PER_ROUND), random);
        else
          append(source(), entries.subList(first, first + RECORDS_PER_ROUND));
      }
      try (var bridge = bridge(from, to).start()) {
        awaitCarried(bridge, from, carried, entries.size());
      }

      assertThat(ids(carried.readToEnd(), target().repeats())).as(Randomized.repeat())
          .isEqualTo(ids(entries, false));
    }
  }

  /** Starts a bridge, appends records, and kills the bridge some time into its start or once it has carried some. */
  private void killABridge(StreamName from, StreamName to, StreamContents carried, List<LogEntry> entries,
      Random random) throws InterruptedException {
    carried.readToEnd();
    int before = carried.readOn();
    try (var process = BridgeProcess.start(logs(), from, to)) {
      append(source(), entries);
      if (random.nextInt(4) == 0)
        process.process().waitFor(random.nextInt(3_000), MILLISECONDS);
      else
        process.await("records to be carried, " + Randomized.repeat(), () -> carried.readOn() > before);
      LockSupport.parkNanos(random.nextInt(20_000_000));
      assertThat(process.isAlive()).as("%s, %s", Randomized.repeat(), process).isTrue();
    }
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
    try (var carried = new StreamContents(target(), to)) {
      awaitCarried(bridge, from, carried, count);
    }
  }

  private void awaitCarried(Bridge bridge, StreamName from, StreamContents carried, int count) {
    await("the records are in the target").untilAsserted(
        () -> assertThat(carried.readOn()).as("%s", bridge.health()).isGreaterThanOrEqualTo(count));
    await("the bridge has reached the end of the source").untilAsserted(
        () -> assertThat(source().lag(Set.of(from), bridge.health().cursor())).as("%s", bridge.health())
            .isZero());
  }

  /** Returns all records that the stream has now. */
  static List<LogRecord> read(EventLog log, StreamName stream) {
    try (var contents = new StreamContents(log, stream)) {
      return contents.readToEnd();
    }
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
