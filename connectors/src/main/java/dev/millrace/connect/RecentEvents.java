package dev.millrace.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;

/**
 * The events that a log took lately: what is appended twice, as its first acknowledgement was lost, comes again within the
 * time that its writer tries, in the same partition or in one that came of it. Each partition has a time of its own, as some
 * are read behind the others. Owned by one thread.
 */
final class RecentEvents {
  /** Longer than a writer tries, which is two minutes where nothing else is set. */
  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int MOST = 1_000_000;

  private record Event(String source, String id) {}

  private record Taken(Event event, Instant at) {}

  private final Set<Event> known = new HashSet<>();
  private final Map<Partition, ArrayDeque<Taken>> taken = new HashMap<>();

  /**
   * Before the window that ends at this time: five to ten minutes. Rounded, so that partitions that were read at about the same
   * time have it in common.
   */
  static Instant before(Instant time) {
    var window = WINDOW.toMillis();
    return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), window) * window).minus(WINDOW);
  }

  /** Whether the record's event is not one of the window; from now on it is. */
  boolean add(LogRecord record) {
    var envelope = record.envelope();
    var event = new Event(envelope.source(), envelope.id());
    if (!known.add(event))
      return false;
    var ofPartition = taken.computeIfAbsent(record.partition(), none -> new ArrayDeque<>());
    ofPartition.add(new Taken(event, record.appendedAt()));
    forget(ofPartition, record.appendedAt().minus(WINDOW));
    return true;
  }

  private void forget(ArrayDeque<Taken> ofPartition, Instant before) {
    for (var oldest = ofPartition.peek(); oldest != null
        && (oldest.at.isBefore(before) || known.size() > MOST); oldest = ofPartition.peek()) {
      known.remove(oldest.event);
      ofPartition.remove();
    }
  }
}
