package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogReader;
import dev.millrace.log.Partition;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * The quick way to fill a new generation: the history of all partitions is folded in memory, and each row is written once, by
 * COPY, into a table that gets its indexes afterwards. Rows, checkpoints and parked records are one transaction: before it
 * there is nothing, and after it a runner goes on where this ended. One thread reads and decodes, another folds: the one that
 * calls. Used once.
 */
final class FoldAndCopy<R extends Record> {
  private static final Duration IDLE = Duration.ofMillis(200);
  private static final int SAMPLE = 64;

  /** How it ended. */
  sealed interface End {
    record Filled(long events, long rows) implements End {}

    record Stopped() implements End {}

    /** Nothing is written, and this way leads nowhere: the events are to be taken in their order, a batch at a time. */
    record Refused(String why) implements End {}
  }

  /** Records of one poll, decoded. */
  private record Polled<R extends Record>(List<Decoded<R>> decoded, Cursor cursor) {}

  private final Work<R> work;
  private final GenerationTable table;
  private final int generation;
  private final long memory;
  private final Folding<R> folding;
  private final RecentEvents recent;
  private final RowSizes sizes;
  private final Map<Partition, Instant> appended = new HashMap<>();
  private final LongAdder records = new LongAdder();
  private volatile boolean writing;

  /** @param memory about how many bytes the rows may take, before this way is given up */
  FoldAndCopy(Work<R> work, int generation, long memory) {
    this.work = work;
    this.generation = generation;
    this.table = new GenerationTable(work.projection(), generation);
    this.memory = memory;
    this.folding = new Folding<>(work.projection(), Map.of(), new ParkedKeys());
    this.recent = new RecentEvents(work.log(), work.projection().name(), generation);
    this.sizes = new RowSizes(work.projection().mapping());
  }

  /** How many records were folded so far. May be asked from any thread. */
  long records() {
    return records.sum();
  }

  /** Whether all is folded, and the table is being written. May be asked from any thread. */
  boolean writing() {
    return writing;
  }

  /** Folds what the log holds now, and writes it. */
  End run(BooleanSupplier stopped) {
    var log = work.log();
    var streams = work.projection().streams();
    var end = log.end(streams);
    var cursor = Cursor.start();
    try (var ahead = new Ahead<>(log.reader(streams, Cursor.start()), work.decoding())) {
      while (!cursor.hasReached(end)) {
        if (stopped.getAsBoolean())
          return new End.Stopped();
        var polled = ahead.next();
        fold(polled.decoded);
        cursor = cursor.with(polled.cursor);
        if (sizes.of(folding.keys()) + folding.parkedBytes() > memory)
          return new End.Refused("its rows take more than " + (memory >> 20) + " MiB of memory");
      }
    }
    return write(cursor);
  }

  private void fold(List<Decoded<R>> decoded) {
    for (int i = 0; i < decoded.size(); i++) {
      var record = decoded.get(i).record();
      // Records of a partition stand together: looked up once for each, not for each record.
      if (i + 1 == decoded.size() || !record.partition().equals(decoded.get(i + 1).record().partition()))
        appended.put(record.partition(), record.appendedAt());
    }
    recent.begin(appended.keySet());
    folding.add(recent.fresh(decoded));
    sample(decoded);
  }

  private void sample(List<Decoded<R>> decoded) {
    for (int i = 0; i < decoded.size(); i += SAMPLE) {
      if (decoded.get(i) instanceof Decoded.Changes<R> changes) {
        for (var change : changes.changes()) {
          var row = folding.row(change.key());
          if (row != null)
            sizes.add(work.projection().mapping().stored(row));
        }
      }
    }
    records.add(decoded.size());
  }

  private End write(Cursor cursor) {
    var outcome = folding.outcome();
    writing = true;
    try (var connection = work.database().getConnection(); var transaction = new Transaction(connection)) {
      table.fill(connection, outcome.inserts().values().stream().map(work.projection().mapping()::stored));
      table.follow(connection, new Catalog(work.projection()).live(connection));
      var now = work.clock().instant();
      new ParkingLot(work.projection().name(), generation).park(connection, outcome.parked(), now);
      new Checkpoints(work.projection().name(), generation).begin(connection, steps(cursor, outcome),
          work.owner(), now);
      recent.saveAll(connection);
      transaction.commit();
    } catch (SQLException e) {
      if (SqlFailure.of(e) == SqlFailure.DATA)
        return new End.Refused("the database refuses a value: " + e.getMessage());
      throw SqlFailure.exception("filling generation " + generation + " of " + work.projection().name(), e);
    }
    return new End.Filled(records.sum(), outcome.inserts().size());
  }

  private List<Checkpoints.Step> steps(Cursor cursor, Outcome<R> outcome) {
    var parked = new HashMap<Partition, Integer>();
    for (var one : outcome.parked())
      parked.merge(one.record().partition(), 1, Integer::sum);
    int growth = outcome.growth(); // the view's, and so said of any one partition: only the sum has a meaning
    var steps = new ArrayList<Checkpoints.Step>();
    for (var end : new TreeMap<>(cursor.positions()).entrySet()) {
      var partition = end.getKey();
      steps.add(new Checkpoints.Step(partition, new Checkpoints.Held(0, Optional.empty()), end.getValue(),
          Optional.<Instant>ofNullable(appended.get(partition)),
          outcome.events().getOrDefault(partition, 0), growth, parked.getOrDefault(partition, 0)));
      growth = 0;
    }
    return steps;
  }

  /** Polls and decodes the next records while those before are folded. Its reader is its thread's. */
  private static final class Ahead<R extends Record> implements AutoCloseable {
    private final ExecutorService thread = Executors
        .newSingleThreadExecutor(Thread.ofPlatform().name("rebuild-reader").factory());
    private final LogReader reader;
    private final Decoding<R> decoding;
    private Future<Polled<R>> next;

    Ahead(LogReader reader, Decoding<R> decoding) {
      this.reader = reader;
      this.decoding = decoding;
      this.next = thread.submit(this::poll);
    }

    private Polled<R> poll() {
      var batch = reader.poll(IDLE);
      return new Polled<>(decoding.decode(batch.records()), batch.cursor());
    }

    Polled<R> next() {
      var polled = done(next);
      next = thread.submit(this::poll);
      return polled;
    }

    private static <T> T done(Future<T> future) {
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause)
          throw cause;
        throw new IllegalStateException("reading ahead failed", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the log was read", e);
      }
    }

    @Override
    public void close() {
      reader.wakeup();
      var _ = thread.submit(reader::close);
      thread.close();
    }
  }
}
