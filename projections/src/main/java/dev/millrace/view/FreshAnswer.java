package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INVALID_TOKEN;
import static dev.millrace.view.ViewException.Code.TIMED_OUT;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventSearch;
import dev.millrace.log.Partition;
import dev.millrace.log.LogException;
import dev.millrace.log.Position;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers a question once the live generation has come as far as some writes. Its checkpoint commits with the rows it stands
 * for, so rows that are read after it hold these writes; that the rows are of the same generation is asked again after they
 * were read, as another may have been promoted meanwhile.
 *
 * <p>An event that is parked, or waits behind one that is, counts as read although it has changed nothing. An event of a stream
 * that the view does not read stands for what a stream app makes of it: the first event of the view's streams whose envelope says
 * that this one has caused it. Safe for use by many threads.
 */
final class FreshAnswer {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

  private final Projection<?> projection;
  private final LiveCheckpoint live;
  private final Optional<EventLog> log;
  private final Optional<EventSearch> search;

  FreshAnswer(Projection<?> projection, LiveCheckpoint live, Optional<EventLog> log) {
    this.projection = projection;
    this.live = live;
    this.log = log;
    this.search = log.map(EventSearch::new);
  }

  /** @throws ViewException INVALID_TOKEN where waiting would be in vain; TIMED_OUT, naming what is missing */
  <T> T answer(AtLeast atLeast, Supplier<T> question) {
    long deadline = System.nanoTime() + atLeast.atMost().toNanos();
    var wanted = wanted(atLeast, deadline);
    if (wanted.isEmpty())
      return question.get();
    long pause = FIRST_PAUSE.toNanos();
    var before = live.ask(wanted.keySet());
    var missing = missing(wanted, before);
    while (true) {
      if (missing.isEmpty()) {
        var answer = question.get();
        var after = live.ask(wanted.keySet());
        if (after.isOfOnePromotion(before))
          return answer;
        before = after;
        missing = missing(wanted, before);
        continue;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted())
        throw late(missing, before.cursor(), atLeast.atMost());
      LockSupport.parkNanos(Math.min(pause, left));
      pause = Math.min(pause * 2, LONGEST_PAUSE.toNanos());
      var next = live.ask(wanted.keySet());
      if (next.isOfOnePromotion(before))
        missing.keySet().retainAll(notReached(wanted, next.cursor()).keySet());
      else
        missing = missing(wanted, next);
      before = next;
    }
  }

  /**
   * What a generation lacks. A shard that was read to its end is past every position in it. A generation that was made after
   * the log had dropped the shard knows nothing of it, and never will: what was in it counts as read.
   */
  private SortedMap<Partition, Position> missing(Map<Partition, Position> wanted,
      LiveCheckpoint.Reached reached) {
    var missing = notReached(wanted, reached.cursor());
    log.ifPresent(asked -> missing.keySet().removeIf(
        partition -> reached.cursor().position(partition).isEmpty() && isGone(asked, partition)));
    return missing;
  }

  private static SortedMap<Partition, Position> notReached(Map<Partition, Position> wanted, Cursor reached) {
    var missing = new TreeMap<>(wanted);
    missing.entrySet().removeIf(entry -> reached.position(entry.getKey())
        .filter(position -> position.compareTo(entry.getValue()) >= 0).isPresent());
    return missing;
  }

  private Map<Partition, Position> wanted(AtLeast atLeast, long deadline) {
    atLeast.tokens().forEach(this::requireRead);
    var wanted = new HashMap<Partition, Position>();
    for (var token : atLeast.tokens()) {
      var place = switch (token) {
        case WriteToken derived when !reads(derived) -> caused(derived, deadline, atLeast.atMost());
        case WriteToken.Place known -> known;
        case WriteToken.Coming coming -> place(coming, deadline, atLeast.atMost()).token();
      };
      wanted.merge(place.partition(), place.position(),
          (one, other) -> one.compareTo(other) >= 0 ? one : other);
    }
    return wanted;
  }

  private boolean reads(WriteToken token) {
    return projection.streams().contains(token.stream());
  }

  /** Where what a stream app makes of the event is: the view reads that, and not the event. */
  private WriteToken.Place caused(WriteToken token, long deadline, Duration atMost) {
    var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    return search.flatMap(asked -> asked.findCausedBy(token, projection.streams(), left)).map(Receipt::token)
        .orElseThrow(() -> new ViewException(TIMED_OUT, projection.name() + " was not there within "
            + atMost.toMillis() + " ms: nothing that event " + token.eventId() + " of " + token.stream()
            + " has caused was seen in " + names(projection.streams())
            + ". Does an app make these of those, and does it run? Ask again, or wait longer"));
  }

  private Receipt place(WriteToken.Coming coming, long deadline, Duration atMost) {
    var asked = search.orElseThrow(() -> new ViewException(INVALID_TOKEN, "the token of event "
        + coming.eventId()
        + " says not where it is, and this read model cannot look it up: make it with the log,"
        + " as ReadModel.of(projection, database, log)"));
    var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    return asked.find(coming, left)
        .orElseThrow(() -> new ViewException(TIMED_OUT, projection.name() + " was not there within "
            + atMost.toMillis() + " ms: event " + coming.eventId() + " was not seen in " + coming.stream()
            + ". Was its transaction committed, and does its relay run? Ask again, or wait longer"));
  }

  /** What the view reads may be made of the event, as long as the log has the stream that it is of. */
  private void requireRead(WriteToken token) {
    if (reads(token) || log.filter(asked -> isThere(asked, token.stream())).isPresent())
      return;
    throw new ViewException(INVALID_TOKEN, projection.name() + " reads " + names(projection.streams())
        + ", and not " + token.stream() + ", of which the token is: no wait would bring it");
  }

  private static boolean isThere(EventLog log, StreamName stream) {
    try {
      return !log.partitions(stream).isEmpty();
    } catch (LogException e) {
      if (e.code() == LogException.Code.UNKNOWN_STREAM)
        return false;
      throw e;
    }
  }

  private static String names(Set<StreamName> streams) {
    return streams.stream().sorted().map(StreamName::value).collect(Collectors.joining(", "));
  }

  /** Partitions get growing names, so one that is missing among those before the last was there once. */
  private static boolean isGone(EventLog log, Partition partition) {
    var there = log.partitions(partition.stream());
    return !there.contains(partition) && there.stream()
        .anyMatch(one -> one.id().length() == partition.id().length() && one.compareTo(partition) > 0);
  }

  private ViewException late(SortedMap<Partition, Position> missing, Cursor reached, Duration atMost) {
    var behind = missing.entrySet().stream()
        .map(entry -> entry.getKey() + ", where " + entry.getValue() + " is asked for and "
            + reached.position(entry.getKey()).map(position -> position + " is reached")
                .orElse("nothing is read yet"))
        .collect(Collectors.joining("; "));
    return new ViewException(TIMED_OUT, projection.name() + " was not there within " + atMost.toMillis()
        + " ms: it is behind in " + behind + ". Ask again, or wait longer");
  }
}
