package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Finds where the last records of some streams begin, as many of them as are wanted: those that were appended last, over all
 * partitions. No log says so of its own: all that it keeps is read once, and not decoded. Owned by one thread.
 */
final class LastRecords {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

  private final PriorityQueue<Seen> last = new PriorityQueue<>(
      Comparator.comparing(Seen::at).thenComparingLong(Seen::number));
  private final Map<Partition, Position> before = new HashMap<>();
  private final long wanted;

  /**
   * @param number counts what was read: a log may have one time for many records
   * @param before where the partition had been read to when this came; empty for its first
   */
  private record Seen(Instant at, long number, Partition partition, Optional<Position> before) {}

  private long read;

  private LastRecords(long wanted) {
    this.wanted = wanted;
  }

  /**
   * A cursor after which there are so many records, or all where there are no more.
   *
   * @param until what comes after is left out
   * @param tick run about once a second; what it throws ends it
   */
  static Cursor cursor(EventLog log, Set<StreamName> streams, Cursor until, long wanted, Runnable tick) {
    var found = new LastRecords(wanted);
    var end = new Until(log, streams, until);
    long told = System.nanoTime();
    try (var reader = log.reader(streams, Cursor.start())) {
      while (!end.isReached(reader.cursor())) {
        var batch = reader.poll(PATIENCE);
        if (System.nanoTime() - told > TICK_NANOS) {
          told = System.nanoTime();
          tick.run();
        }
        if (batch.records().isEmpty())
          end.nothingCame();
        batch.records().stream().filter(record -> isWithin(record, until)).forEach(found::add);
      }
    }
    return found.begin(until);
  }

  private static boolean isWithin(LogRecord record, Cursor until) {
    return until.position(record.partition()).filter(end -> record.position().compareTo(end) <= 0)
        .isPresent();
  }

  private void add(LogRecord record) {
    var place = record.partition();
    last.add(new Seen(record.appendedAt(), read++, place,
        Optional.ofNullable(before.put(place, record.position()))));
    if (last.size() > wanted)
      last.poll();
  }

  private Cursor begin(Cursor until) {
    var begin = new HashMap<>(until.positions());
    for (var seen : last) {
      if (seen.before.isEmpty())
        begin.remove(seen.partition);
      else
        begin.computeIfPresent(seen.partition,
            (_, at) -> at.compareTo(seen.before.get()) <= 0 ? at : seen.before.get());
    }
    return Cursor.of(begin);
  }
}
