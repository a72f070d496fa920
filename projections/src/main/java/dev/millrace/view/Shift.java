package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INTERNAL;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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

  private final Work<R> work;
  private final Connection connection;
  private final RowTable<R> table;
  private final Checkpoints checkpoints;
  private final ParkingLot lot;
  private final RecentEvents recent;
  private final GonePartitions gone;
  private final Map<Partition, Checkpoints.Held> held = new HashMap<>();
  private ParkedKeys parkedKeys = new ParkedKeys();

  private Shift(Work<R> work, Connection connection, int generation) {
    this.work = work;
    this.connection = connection;
    this.table = new RowTable<>(work.projection().sqlTable(generation), work.projection().mapping());
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
    recent.forget(partitions);
  }

  /**
   * Writes what the batch comes to; returns when it is committed.
   *
   * @return false where a partition has another owner by now: nothing was written, and this shift is over
   */
  boolean apply(Batch batch) {
    var records = batch.records().stream().filter(record -> held.containsKey(record.partition())).toList();
    var ends = new HashMap<>(batch.cursor().positions());
    ends.keySet().retainAll(held.keySet());
    return ends.isEmpty() || apply(recent.fresh(work.decoding().decode(records)), ends, null);
  }

  private boolean apply(List<Decoded<R>> batch, Map<Partition, Position> ends, @Nullable String refused) {
    while (true) {
      var attempt = attempt(refused == null ? batch : List.of(refused(batch.getFirst(), refused)), ends);
      switch (attempt) {
        case Attempt.Committed committed -> {
          return true;
        }
        case Attempt.Stale stale -> {
          LOG.info("{} has lost a partition and starts anew", work.projection());
          return false;
        }
        case Attempt.Conflict conflict ->
          LOG.debug("{} repeats a batch: {}", work.projection(), conflict.with());
        case Attempt.Refused(var message) -> {
          if (refused != null)
            throw new ViewException(INTERNAL, "parking a record is refused: " + message);
          return isolate(batch, ends, message);
        }
      }
    }
  }

  private Decoded<R> refused(Decoded<R> decoded, String message) {
    return new Decoded.Faulty<>(decoded.record(), "REFUSED_BY_DATABASE", decoded.record() + ": " + message);
  }

  /** The database refuses a value of this batch: writes it by halves, until the event that has it is alone and parked. */
  private boolean isolate(List<Decoded<R>> batch, Map<Partition, Position> ends, String message) {
    if (batch.size() <= 1) {
      if (batch.isEmpty())
        throw new ViewException(ViewException.Code.INTERNAL, "a batch of nothing refused: " + message);
      return apply(batch, ends, message);
    }
    var first = batch.subList(0, batch.size() / 2);
    var firstEnds = new HashMap<Partition, Position>();
    for (var decoded : first)
      firstEnds.merge(decoded.record().partition(), decoded.record().position(), Shift::later);
    return apply(first, firstEnds, null) && apply(batch.subList(first.size(), batch.size()), ends, null);
  }

  private static Position later(Position one, Position other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** What became of an attempt to write a batch. */
  private sealed interface Attempt {
    record Committed() implements Attempt {}

    record Stale() implements Attempt {}

    record Conflict(String with) implements Attempt {}

    record Refused(String message) implements Attempt {}
  }

  private Attempt attempt(List<Decoded<R>> batch, Map<Partition, Position> ends) {
    try (var transaction = new Transaction(connection)) {
      var keys = Folding.keys(batch);
      var before = keys.isEmpty() ? Map.<RowKey, R>of() : table.load(connection, keys);
      var outcome = new Folding<>(work.projection(), before, parkedKeys).fold(batch);
      if (!table.insert(connection, outcome.inserts()))
        return new Attempt.Conflict("another runner's new row");
      table.update(connection, outcome.updates());
      table.delete(connection, outcome.deletes());
      var now = work.clock().instant();
      lot.park(connection, outcome.parked(), now);
      if (!checkpoints.advance(connection, steps(batch, ends, outcome), now))
        return new Attempt.Stale();
      recent.save(connection, batch);
      transaction.commit();
      parkedKeys = outcome.parkedKeys();
      ends.forEach((partition, end) -> held.computeIfPresent(partition,
          (same, was) -> new Checkpoints.Held(was.epoch(), Optional.of(end))));
      return new Attempt.Committed();
    } catch (SQLException e) {
      return switch (SqlFailure.of(e)) {
        case CONFLICT -> new Attempt.Conflict(String.valueOf(e.getMessage()));
        case DATA -> new Attempt.Refused(String.valueOf(e.getMessage()));
        case UNREACHABLE, DEFECT -> throw SqlFailure.exception("writing " + work.projection().name(), e);
      };
    }
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
          outcome.events().getOrDefault(partition, 0), growth, parked.getOrDefault(partition, 0)));
      growth = 0;
    }
    return steps;
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
