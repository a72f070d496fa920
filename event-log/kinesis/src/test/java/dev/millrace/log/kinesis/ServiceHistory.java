package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.FaultyService.Chances;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Ledger;
import dev.millrace.log.tck.Member;
import dev.millrace.log.tck.Reading;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One history on a stream of its own, through a faulty service. Small, as there are many. */
record ServiceHistory(KinesisFixture fixture, Random random) {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int STEPS = 3;

  void entries_are_refused_and_answers_lost() {
    var stream = History.newStream(fixture.log(), "faults", random.nextInt(1, 4));
    var history = History.random(random, stream, random.nextInt(20, 50));

    try (var faults = fixture.faults(random, Chances.random(random), random.nextBoolean())) {
      try (var writer = faults.log().writer()) {
        assertTaken(writer, append(writer, history.entries()));
      }
      var end = fixture.log().end(Set.of(stream));

      assertKept(history, Reading.bounded(faults.log(), stream, Cursor.start(), end));
    }
  }

  void shards_are_split_and_merged_while_they_are_written_and_read() {
    var stream = History.newStream(fixture.log(), "reshard", random.nextInt(1, 3));
    var history = History.random(random, stream, random.nextInt(24, 60));
    var read = new ArrayList<LogRecord>();
    var cursor = Cursor.start();

    try (var faults = fixture.faults(random, Chances.random(random), random.nextBoolean())) {
      try (var writer = faults.log().writer()) {
        var receipts = new ArrayList<CompletableFuture<Receipt>>();
        for (var step = 0; step < STEPS; step++) {
          receipts.addAll(append(writer, part(history, step)));
          fixture.resharding().any(stream, random);
          cursor = readOn(faults.log(), stream, cursor, read);
        }
        assertTaken(writer, receipts);
      }
      var end = fixture.log().end(Set.of(stream));

      read.addAll(Reading.bounded(faults.log(), stream, cursor, end));
      assertKept(history, read);
    }
  }

  /** A few polls of a new reader, which then is done away with. */
  private Cursor readOn(EventLog log, StreamName stream, Cursor from, List<LogRecord> read) {
    var cursor = from;
    try (var reader = log.reader(Set.of(stream), from)) {
      for (var polls = random.nextInt(4); polls > 0; polls--) {
        var batch = reader.poll(POLL);
        read.addAll(batch.records());
        cursor = cursor.with(batch.cursor());
      }
    }
    return cursor;
  }

  void members_come_and_go_and_one_returns_from_the_dead() {
    var stream = History.newStream(fixture.log(), "members", 2);
    var history = History.random(random, stream, 60);
    var ledger = new Ledger();
    var members = new ArrayList<Member>();
    var some = new Chances(random.nextInt(30), 3, 5, 10, 5);

    try (var faults = fixture.faults(random, some, random.nextBoolean());
        var writer = faults.log().writer();
        var zombie = faults.log().reader(Set.of(stream), stream + "-group", new Owner("zombie", ledger))) {
      var receipts = new ArrayList<>(append(writer, part(history, 0)));
      writer.flush();
      var late = untilItHasRecords(zombie);
      try {
        for (var step = 1; step < STEPS; step++) {
          members.add(
              Member.join("m" + step, ledger, faults.log(), stream, stream + "-group", random.nextLong()));
          receipts.addAll(append(writer, part(history, step)));
          fixture.resharding().any(stream, random);
        }
        var read = late.records().stream().map(LogRecord::partition).collect(Collectors.toSet());
        Member.await("the zombie to lose its shards", ledger, members, () -> !ledger.ownsAny("zombie", read));
        assertThat(ledger.commit("zombie", late, Set.of())).as("effects of the zombie").isZero();

        members.removeFirst().leave();
        assertTaken(writer, receipts);
        var end = fixture.log().end(Set.of(stream));
        Member.await("all to be read", ledger, members, () -> ledger.hasReached(end));
      } finally {
        Member.leaveAll(members);
      }
      assertKept(history, ledger.effects());
    }
  }

  private static Batch untilItHasRecords(LogReader reader) {
    return await("the only member of a group to be given something to read").pollInSameThread()
        .until(() -> reader.poll(POLL), batch -> !batch.records().isEmpty());
  }

  /** A member as the ledger sees it. */
  private record Owner(String name, Ledger ledger) implements Ownership {
    @Override
    public Cursor assigned(Set<Partition> partitions) {
      return ledger.take(name, partitions);
    }

    @Override
    public void revoked(Set<Partition> partitions) {
      ledger.release(name, partitions);
    }
  }

  private static List<LogEntry> part(History history, int step) {
    var size = history.entries().size();
    return history.entries().subList(step * size / STEPS, (step + 1) * size / STEPS);
  }

  private static List<CompletableFuture<Receipt>> append(LogWriter writer, List<LogEntry> entries) {
    return entries.stream().map(writer::append).toList();
  }

  private static void assertTaken(LogWriter writer, List<CompletableFuture<Receipt>> receipts) {
    writer.flush();
    assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
  }

  /** Nothing lost, nothing reordered within a key, and what stands there twice is the same. */
  private static void assertKept(History history, List<LogRecord> read) {
    assertThat(History.idsByKey(read)).as("ids by key")
        .containsExactlyInAnyOrderEntriesOf(history.idsByKey());
    var payloads = new HashMap<String, ByteBuffer>();
    for (var record : read) {
      var payload = ByteBuffer.wrap(record.payload());
      assertThat(payloads.putIfAbsent(record.envelope().id(), payload)).isIn(null, payload);
    }
  }
}
