package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Set;

/**
 * How far a reading goes. A place need not be one of a record: a reader of an idle shard of a Kinesis says until when nothing
 * followed, and another reader says the same of a later time, but not for an hour. So where nothing comes, the log is asked
 * where it ends: what was read to there is read so far. Owned by one thread.
 */
final class Until {
  private static final Duration ASK_EVERY = Duration.ofSeconds(1);

  private final EventLog log;
  private final Set<StreamName> streams;
  private Cursor place;
  private long asked = System.nanoTime();

  Until(EventLog log, Set<StreamName> streams, Cursor place) {
    this.log = log;
    this.streams = streams;
    this.place = place;
  }

  boolean isReached(Cursor cursor) {
    return cursor.hasReached(place);
  }

  /** A poll brought no record. */
  void nothingCame() {
    if (System.nanoTime() - asked < ASK_EVERY.toNanos())
      return;
    var end = log.end(streams);
    var positions = new HashMap<>(place.positions());
    positions.replaceAll((partition, position) -> end.position(partition)
        .filter(last -> last.compareTo(position) < 0).orElse(position));
    positions.keySet().removeIf(partition -> end.position(partition).isEmpty() && isThere(partition));
    place = Cursor.of(positions);
    asked = System.nanoTime();
  }

  /** One that has no end and is there has never held a record. */
  private boolean isThere(Partition partition) {
    return log.partitions(partition.stream()).contains(partition);
  }
}
