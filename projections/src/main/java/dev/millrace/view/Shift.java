package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INTERNAL;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stretch of a runner's work, on one connection: from the taking of partitions to the first failure. After it everything
 * is opened anew and goes on where the database says. Owned by one thread.
 */
final class Shift<R extends Record> implements Ownership, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shift.class);

  /** A process that is halted within a transaction must not keep its locks from those that take over. */
  private static final String LET_GO = "SET idle_in_transaction_session_timeout = '20s'";

  private static final Checkpoints.Held NOT_HELD = new Checkpoints.Held(-1, Optional.empty());
  static final int MOST_WAITING = 20_000;
  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(10).toNanos();
  private static final Instant NO_TIME = Instant.parse("9999-01-01T00:00:00Z");

  private final Work<R> work;
  private final int generation;
  private final Connection connection;
  private final Writing<R> writing;
  private final Checkpoints checkpoints;
  private final ParkingLot lot;
  private final RecentEvents recent;
  private final GonePartitions gone;
  private final Map<Partition, Checkpoints.Held> held = new HashMap<>();
  private final List<Decoded<R>> waiting = new ArrayList<>();
  private final Map<Partition, Position> waitingEnds = new HashMap<>();
  private ParkedKeys parkedKeys = new ParkedKeys();
  private Discards discards = new Discards();

  private Shift(Work<R> work, Connection connection, int generation) {
    this.work = work;
    this.generation = generation;
    this.connection = connection;
    this.writing = Writing.of(work.projection(), generation);
    this.checkpoints = new Checkpoints(work.projection().name(), generation);
    this.lot = new ParkingLot(work.projection().name(), generation);
    this.recent = new RecentEvents(work.log(), work.projection().name(), generation);
    this.gone = new GonePartitions(work.log(), work.projection().name(), generation);
  }

  static <R extends Record> Shift<R> begin(Work<R> work, int generation) {
    try {
      var connection = work.database().getConnection();
      var shift = new Shift<>(work, connection, generation);
      try {
        shift.execute(LET_GO);
        return shift;
      } catch (SQLException e) {
        shift.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqlFailure.exception("connecting for " + work.projection().name(), e);
    }
  }

  @Override
  public Cursor assigned(Set<Partition> partitions) {
    if (partitions.isEmpty())
      return Cursor.start();
    try {
      return taken(partitions, recent.lineage(partitions), gone.find(connection, partitions));
    } catch (SQLException e) {
      throw SqlFailure.exception("taking partitions of " + work.projection().name(), e);
    }
  }

  /** What is asked of the log is known by now: nothing waits for it while there are locks. */
  private Cursor taken(Set<Partition> partitions, Map<Partition, Set<Partition>> lineage,
      Set<Partition> dropped)
      throws SQLException {
    try (var transaction = new Transaction(connection)) {
      var raised = checkpoints.raise(connection, partitions, work.owner(), work.clock().instant());
      parkedKeys.addAll(lot.keys(connection, work.projection().streams()));
      discards = Discards.of(connection, work.projection().name(), generation);
      recent.load(connection, partitions, lineage);
      gone.drop(connection, dropped);
      transaction.commit();
      held.putAll(raised);
      var positions = new TreeMap<Partition, Position>();
      raised.forEach((partition, mine) -> mine.position().ifPresent(at -> positions.put(partition, at)));
      return Cursor.of(positions);
    }
  }

  @Override
  public void revoked(Set<Partition> partitions) {
    partitions.forEach(held::remove);
    partitions.forEach(waitingEnds::remove);
    waiting.removeIf(decoded -> partitions.contains(decoded.record().partition()));
    recent.forget(partitions);
  }

  /**
   * Writes what the batch comes to; returns when it is committed.
   *
   * @return false where a partition has another owner by now: nothing was written, and this shift is over
   */
  boolean apply(Batch batch) {
    var records = batch.records().stream().filter(record -> held.containsKey(record.partition())).toList();
    return apply(work.decoding().decode(records), batch.cursor());
  }

  /** The same for records that are decoded, of partitions that are held. */
  boolean apply(List<Decoded<R>> records, Cursor cursor) {
    work.decoding().fold();
    var ends = new HashMap<>(cursor.positions());
    ends.keySet().retainAll(held.keySet());
    if (ends.isEmpty() && !isWaiting())
      return true;
    var fresh = recent.fresh(discards.without(records), waiting);
    return isWaiting() ? applyBehindWaiting(fresh, ends) : apply(fresh, ends, false);
  }

  /** Whether something is not written yet that was to be, as another generation is waited for at a {@link Meeting}. */
  boolean isWaiting() {
    return !waitingEnds.isEmpty();
  }

  private boolean applyBehindWaiting(List<Decoded<R>> records, Map<Partition, Position> ends) {
    do {
      if (!learnNow())
        return false;
      // What waits is no more than memory has room for.
    } while (waiting.size() > MOST_WAITING && isMeeting() && parked());
    var batch = new ArrayList<>(waiting);
    batch.addAll(records);
    waitingEnds.forEach(ends::putIfAbsent);
    waiting.clear();
    waitingEnds.clear();
    return applyUpToMeeting(batch, ends, false);
  }

  private boolean isMeeting() {
    return held.values().stream().anyMatch(mine -> mine.meetAt().isPresent());
  }

  private static boolean parked() {
    LockSupport.parkNanos(LOOK_EVERY_NANOS);
    return true;
  }

  private boolean apply(List<Decoded<R>> batch, Map<Partition, Position> ends, boolean parks) {
    return Collections.disjoint(ends.keySet(), waitingEnds.keySet())
        ? write(batch, ends, parks)
        : applyUpToMeeting(batch, ends, parks);
  }

  /** @param parks whether it parks what the database has refused: it is to refuse no more */
  private boolean write(List<Decoded<R>> batch, Map<Partition, Position> ends, boolean parks) {
    while (true) {
      switch (attempt(batch, ends)) {
        case Attempt.Committed committed -> {
          return true;
        }
        case Attempt.Stale stale -> {
          LOG.info("{} has lost a partition and starts anew", work.projection());
          return false;
        }
        case Attempt.Called called -> {
          return applyUpToMeeting(batch, ends, parks);
        }
        case Attempt.Conflict conflict ->
          LOG.debug("{} repeats a batch: {}", work.projection(), conflict.with());
        case Attempt.Refused(var refusal) -> {
          if (parks)
            throw new ViewException(INTERNAL, "parking a record is refused: " + refusal.getMessage(),
                refusal);
          return isolate(batch, ends, refusal);
        }
      }
    }
  }

  private Decoded<R> refused(Decoded<R> decoded, SQLException refusal) {
    return new Decoded.Faulty<>(decoded.record(), Failure.refused(decoded.record(), refusal));
  }

  /** The database refuses a value of this batch: writes it by halves, until the event that has it is alone and parked. */
  private boolean isolate(List<Decoded<R>> batch, Map<Partition, Position> ends, SQLException refusal) {
    if (batch.size() <= 1) {
      if (batch.isEmpty())
        throw new ViewException(INTERNAL, "a batch of nothing refused: " + refusal.getMessage(), refusal);
      return apply(List.of(refused(batch.getFirst(), refusal)), ends, true);
    }
    var first = batch.subList(0, batch.size() / 2);
    var firstEnds = new HashMap<Partition, Position>();
    for (var decoded : first)
      firstEnds.merge(decoded.record().partition(), decoded.record().position(), Shift::later);
    return apply(first, firstEnds, false) && apply(batch.subList(first.size(), batch.size()), ends, false);
  }

  /** Goes as far as a {@link Meeting} lets it; the rest waits until that is over, behind what waits already. */
  private boolean applyUpToMeeting(List<Decoded<R>> batch, Map<Partition, Position> ends, boolean parks) {
    var nowEnds = new HashMap<Partition, Position>();
    var laterEnds = new HashMap<Partition, Position>();
    ends.forEach((partition, end) -> {
      var place = held.getOrDefault(partition, NOT_HELD).meetAt();
      if (waitingEnds.containsKey(partition)) {
        laterEnds.put(partition, end);
      } else if (place.isEmpty() || end.compareTo(place.get()) <= 0) {
        nowEnds.put(partition, end);
      } else {
        laterEnds.put(partition, end);
        if (!isReached(partition, place.get()))
          nowEnds.put(partition, place.get());
      }
    });
    var now = new ArrayList<Decoded<R>>();
    var later = new ArrayList<Decoded<R>>();
    for (var decoded : batch) {
      var end = nowEnds.get(decoded.record().partition());
      (end != null && decoded.record().position().compareTo(end) <= 0 ? now : later).add(decoded);
    }
    boolean mine = nowEnds.isEmpty() || write(now, nowEnds, parks);
    waiting.addAll(later);
    waitingEnds.putAll(laterEnds);
    return mine;
  }

  private boolean isReached(Partition partition, Position place) {
    var mine = held.get(partition);
    return mine != null && mine.position().filter(position -> position.compareTo(place) >= 0).isPresent();
  }

  private boolean learnNow() {
    var meeting = held.entrySet().stream().filter(entry -> entry.getValue().meetAt().isPresent())
        .map(Map.Entry::getKey).collect(Collectors.toSet());
    try (var transaction = new Transaction(connection)) {
      boolean mine = learn(meeting);
      transaction.commit();
      return mine;
    } catch (SQLException e) {
      throw SqlFailure.exception("waiting for another generation of " + work.projection().name(), e);
    }
  }

  /** Finds out at what meetings these are; false where one of them has another owner, or is not where it should be. */
  private boolean learn(Set<Partition> partitions) throws SQLException {
    var now = checkpoints.held(connection, partitions);
    for (var partition : partitions) {
      var mine = held.get(partition);
      var found = now.get(partition);
      if (mine == null || found == null || found.epoch() != mine.epoch()
          || !found.position().equals(mine.position()))
        return false;
    }
    held.putAll(now);
    return true;
  }

  private static Position later(Position one, Position other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** What became of an attempt to write a batch. */
  private sealed interface Attempt {
    record Committed() implements Attempt {}

    record Stale() implements Attempt {}

    record Called() implements Attempt {}

    record Conflict(String with) implements Attempt {}

    record Refused(SQLException refusal) implements Attempt {}
  }

  private Attempt attempt(List<Decoded<R>> batch, Map<Partition, Position> ends) {
    try (var transaction = new Transaction(connection)) {
      forgetRedriven(batch);
      var written = writing.write(connection, batch, parkedKeys);
      if (written.isEmpty())
        return new Attempt.Conflict("another runner's new row");
      var outcome = written.get();
      var now = work.clock().instant();
      lot.park(connection, outcome.parked(), now, work.parking());
      if (!checkpoints.advance(connection, steps(batch, ends, outcome), now))
        return learn(ends.keySet()) ? new Attempt.Called() : new Attempt.Stale();
      recent.save(connection, batch);
      transaction.commit();
      parkedKeys = outcome.parkedKeys();
      ends.forEach((partition, end) -> held.computeIfPresent(partition,
          (same, was) -> new Checkpoints.Held(was.epoch(), Optional.of(end), was.meetAt())));
      return new Attempt.Committed();
    } catch (SQLException e) {
      return switch (SqlFailure.of(e)) {
        case CONFLICT -> new Attempt.Conflict(String.valueOf(e.getMessage()));
        case DATA -> new Attempt.Refused(e);
        case UNREACHABLE, DEFECT -> throw SqlFailure.exception("writing " + work.projection().name(), e);
      };
    }
  }

  /** Before events are let follow: somebody may have redriven those that they would wait behind. */
  private void forgetRedriven(List<Decoded<R>> batch) throws SQLException {
    var waiting = parkedKeys.waiting(batch);
    if (waiting.isEmpty())
      return;
    var gone = new HashSet<>(waiting);
    lot.still(connection, waiting).forEach(gone::remove);
    parkedKeys.removeAll(gone);
  }

  private List<Checkpoints.Step> steps(List<Decoded<R>> batch, Map<Partition, Position> ends,
      Outcome<R> outcome) {
    var last = new HashMap<Partition, LogRecord>();
    for (var decoded : batch)
      last.put(decoded.record().partition(), decoded.record());
    var parked = new HashMap<Partition, Integer>();
    for (var one : outcome.parked())
      parked.merge(one.record().partition(), 1, Integer::sum);
    int growth = outcome.growth(); // the view's, and so said of any one partition: only the sum has a meaning
    var steps = new ArrayList<Checkpoints.Step>();
    for (var end : new TreeMap<>(ends).entrySet()) {
      var partition = end.getKey();
      var mine = held.get(partition);
      if (mine == null)
        throw new IllegalStateException(partition + " is not held");
      steps.add(new Checkpoints.Step(partition, mine, end.getValue(),
          Optional.<LogRecord>ofNullable(last.get(partition)).map(LogRecord::appendedAt),
          Optional.<LogRecord>ofNullable(last.get(partition)).flatMap(Shift::happenedAt),
          outcome.events().getOrDefault(partition, 0), growth, parked.getOrDefault(partition, 0)));
      growth = 0;
    }
    return steps;
  }

  /** Empty where a foreign producer's record has no envelope, or a time that the database does not hold. */
  private static Optional<Instant> happenedAt(LogRecord record) {
    try {
      return Optional.of(record.envelope().time())
          .filter(time -> time.isAfter(Instant.EPOCH) && time.isBefore(NO_TIME));
    } catch (LogException e) {
      return Optional.empty();
    }
  }

  private void execute(String sql) throws SQLException {
    try (var transaction = new Transaction(connection); var statement = connection.createStatement()) {
      statement.execute(sql);
      transaction.commit();
    }
  }

  @Override
  public void close() {
    try (connection) {
      execute("RESET idle_in_transaction_session_timeout"); // it goes back to a pool
    } catch (SQLException e) {
      LOG.debug("closing a connection of {}", work.projection(), e);
    }
  }
}
