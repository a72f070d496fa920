package dev.millrace.log.kinesis;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * The shards that a reader reads, each followed by a thread of its own, and how far it has come in them. Owned by the
 * reader's thread, but for {@link #wakeup}.
 */
final class OpenShards implements AutoCloseable {
  private static final int MAX_BATCH = 10_000;
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  private final ShardSource source;
  private final ShardDirectory directory;
  private final ServiceCalls calls;
  private final InstantSource clock;
  private final Arrivals arrivals = new Arrivals();
  private final Map<Partition, Open> open = new HashMap<>();
  private final Map<Partition, Position> positions = new HashMap<>();
  private final Set<Partition> ended = new HashSet<>();
  /** Those of the positions that were not told yet. */
  private final Map<Partition, Position> begun = new HashMap<>();
  private Optional<Page.Failure> failure = Optional.empty();

  /** A shard that is followed. */
  private record Open(Thread thread, Arrivals.Inlet inlet) {
    void close() {
      inlet.close();
      thread.interrupt();
    }
  }

  OpenShards(ShardSource source, ShardDirectory directory, KinesisFailures failures, InstantSource clock) {
    this.source = source;
    this.directory = directory;
    this.calls = new ServiceCalls(failures);
    this.clock = clock;
  }

  /** Reads the shard after the cursor's position in it, which is not its end; from its beginning where it has none. */
  void open(Shard shard, Cursor from) {
    var partition = shard.partition();
    var position = from.position(partition);
    var place = position.map(known -> StartingPoint.place(partition, known));
    position.ifPresent(known -> positions.put(partition, known));
    open(shard, place);
  }

  /**
   * Reads a shard from its beginning that is the first of its line: nothing was read of those that it came of. The cursor knows
   * it from now on, and who polls with the next batch, so that it is told from a shard that comes later.
   */
  void begin(Shard shard) {
    var now = Place.begun(clock.instant().toEpochMilli()).position();
    positions.put(shard.partition(), now);
    begun.put(shard.partition(), now);
    open(shard, Optional.empty());
  }

  private void open(Shard shard, Optional<Place> place) {
    var partition = shard.partition();
    var reading = new ShardReading(shard, place, directory, clock);
    var inlet = arrivals.open();
    var thread = Thread.ofVirtual().name("read " + partition).start(() -> follow(reading, inlet));
    open.put(partition, new Open(thread, inlet));
  }

  /** Whatever fails, an error included, is told to who polls, and the shard is followed again: none stands still in silence. */
  private void follow(ShardReading reading, Arrivals.Inlet inlet) {
    try {
      while (true) {
        try {
          source.follow(reading, inlet);
          return;
        } catch (LogException e) {
          if (Thread.currentThread().isInterrupted())
            return;
          inlet.put(new Page.Failure(reading.partition(), e));
        } catch (CancellationException e) {
          throw e;
        } catch (RuntimeException | Error e) {
          inlet.put(new Page.Failure(reading.partition(), new LogException(LogException.Code.INTERNAL,
              "defect while reading " + reading.partition() + ": " + e, e)));
        }
        calls.pause("reading " + reading.partition(), AFTER_FAILURE);
      }
    } catch (CancellationException | LogException _) {
      // Closed: nobody wants its pages any more.
    }
  }

  /** The shard is not read any further; what of it was not polled is dropped, and so is its place. */
  void close(Collection<Partition> partitions) {
    for (var partition : partitions) {
      var closed = open.remove(partition);
      if (closed != null)
        closed.close();
      positions.remove(partition);
      begun.remove(partition);
      ended.remove(partition);
      failure = failure.filter(failed -> !failed.partition().equals(partition));
    }
  }

  /**
   * Waits for records, at most this long.
   *
   * @throws LogException where a shard failed; where others had records at the time, these are polled first
   */
  Batch poll(Duration atMost) {
    throwFailure();
    var records = new ArrayList<LogRecord>();
    var moved = new HashMap<Partition, Position>();
    for (var page : arrivals.take(atMost, MAX_BATCH)) {
      records.addAll(page.found());
      page.reached().ifPresent(position -> moved.put(page.partition(), position));
      switch (page) {
        case Page.Records _ -> {
        }
        case Page.End _ -> ended.add(page.partition());
        case Page.Failure failed -> failure = Optional.of(failed);
      }
    }
    positions.putAll(moved);
    if (!moved.isEmpty()) {
      begun.forEach(moved::putIfAbsent);
      begun.clear();
      return new Batch(records, Cursor.of(moved));
    }
    throwFailure();
    return Batch.empty();
  }

  private void throwFailure() {
    var thrown = failure;
    failure = Optional.empty();
    if (thrown.isPresent())
      throw thrown.get().exception();
  }

  Set<Partition> partitions() {
    return Set.copyOf(open.keySet());
  }

  /** Those of the open shards whose end was polled. */
  Set<Partition> ended() {
    return Set.copyOf(ended);
  }

  /** Says that the shard was read to its end before. */
  void finish(Partition partition, Position end) {
    positions.put(partition, end);
  }

  Cursor cursor() {
    return Cursor.of(positions);
  }

  void wakeup() {
    arrivals.wakeup();
  }

  @Override
  public void close() {
    var threads = new ArrayList<Thread>();
    for (var one : List.copyOf(open.values())) {
      one.close();
      threads.add(one.thread());
    }
    open.clear();
    for (var thread : threads)
      join(thread);
    source.close();
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
