package dev.millrace.log;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.millrace.log.WriteToken.Coming;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Finds out where an event is that was on its way when its token was given, or what was made of it elsewhere: reads the stream
 * from shortly before that time, until the event comes by.
 *
 * <p><b>Why so.</b> A relay could keep a table of ids and positions: one more write for each event, for the few that are asked
 * for, and in a database that those who ask do not reach. Its mark in the log names the rows of its last batch alone, in the
 * order of commits and not of ids, so it does not tell of a row that it is past; and places in the write-ahead log are seen
 * otherwise from run to run. The id stands in the log itself, where any process can find it that keeps a view. The price is
 * that a search takes as long as it takes to read what came to the stream since.
 *
 * <p>Safe for use by many threads. Few search at a time; the others wait for their turn. What was found is remembered for a
 * while.
 */
public final class EventSearch {
  /** How far the clock of whoever gave the token may be ahead of the log's. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(5);

  private static final int MOST_SEARCHES = 8;
  private static final int REMEMBERED = 1_000;
  private static final Duration LONGEST_POLL = Duration.ofMillis(250);

  private final EventLog log;
  private final Semaphore turns = new Semaphore(MOST_SEARCHES);
  private final Map<Wanted, Receipt> found = Collections.synchronizedMap(new Recent());

  /**
   * What is looked for.
   *
   * @param asCause whether it is what this event has caused, rather than the event
   */
  private record Wanted(Set<StreamName> streams, String eventId, boolean asCause) {
    boolean isOf(LogRecord record) {
      try {
        var envelope = record.envelope();
        return asCause
            ? envelope.causationId().filter(eventId::equals).isPresent()
            : envelope.id().equals(eventId);
      } catch (LogException e) {
        return false; // somebody else's record, without an envelope
      }
    }
  }

  /** A search in this log, which is not closed here. */
  public EventSearch(EventLog log) {
    this.log = log;
  }

  /**
   * Looks for the event, and waits for it.
   *
   * @return where it is; empty where it did not come by in this time. Where the log has it twice, the first that is after the
   *     token's time
   * @throws LogException where the log cannot be read
   */
  public Optional<Receipt> find(Coming token, Duration atMost) {
    return find(new Wanted(Set.of(token.stream()), token.eventId(), false), token.since(), atMost);
  }

  /**
   * Looks for an event that this one has caused ({@link dev.millrace.schema.Envelope#causedBy}), as a stream app's events are
   * caused by those that it reads, and waits for it.
   *
   * @param streams where it may be
   * @return where it is, the first where there are several; empty where none came by in this time
   * @throws LogException where the log cannot be read
   */
  public Optional<Receipt> findCausedBy(WriteToken token, Set<StreamName> streams, Duration atMost) {
    return find(new Wanted(Set.copyOf(streams), token.eventId(), true), token.since(), atMost);
  }

  private Optional<Receipt> find(Wanted wanted, Instant since, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    var known = found.get(wanted);
    if (known != null)
      return Optional.of(known);
    try {
      if (!turns.tryAcquire(atMost.toNanos(), NANOSECONDS))
        return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      var receipt = search(wanted, since.minus(CLOCK_SKEW), deadline);
      receipt.ifPresent(place -> found.put(wanted, place));
      return receipt;
    } finally {
      turns.release();
    }
  }

  private Optional<Receipt> search(Wanted wanted, Instant from, long deadline) {
    try (var reader = log.reader(wanted.streams, log.at(wanted.streams, from))) {
      for (long left = deadline - System.nanoTime(); left > 0
          && !Thread.currentThread().isInterrupted(); left = deadline - System.nanoTime()) {
        for (var record : reader.poll(Duration.ofNanos(Math.min(left, LONGEST_POLL.toNanos()))).records()) {
          if (wanted.isOf(record))
            return Optional
                .of(new Receipt(record.partition(), record.position(), record.envelope().id(), from));
        }
      }
      return Optional.empty();
    }
  }

  private static final class Recent extends LinkedHashMap<Wanted, Receipt> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Wanted, Receipt> eldest) {
      return size() > REMEMBERED;
    }
  }
}
