package dev.millrace.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

import dev.millrace.log.LogRecord;

/**
 * The events that a log took lately: what is appended twice, as its first acknowledgement was lost, comes again within the
 * time that its writer tries. Owned by one thread.
 */
final class RecentEvents {
  /** Longer than a writer tries, which is two minutes where nothing else is set. */
  static final Duration WINDOW = Duration.ofMinutes(5);
  private static final int MOST = 1_000_000;

  private record Event(String source, String id) {}

  private record Taken(Event event, Instant at) {}

  private final Set<Event> known = new HashSet<>();
  private final ArrayDeque<Taken> byTime = new ArrayDeque<>();

  /** Whether the record's event is not one of the window; from now on it is. */
  boolean add(LogRecord record) {
    var envelope = record.envelope();
    var event = new Event(envelope.source(), envelope.id());
    if (!known.add(event))
      return false;
    byTime.add(new Taken(event, record.appendedAt()));
    forget(record.appendedAt().minus(WINDOW));
    return true;
  }

  private void forget(Instant before) {
    for (var oldest = byTime.peek(); oldest != null
        && (oldest.at.isBefore(before) || known.size() > MOST); oldest = byTime
            .peek()) {
      known.remove(oldest.event);
      byTime.remove();
    }
  }
}
