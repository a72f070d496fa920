package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes queues of parked records through today's codec and code, in their order, a bounded number of records in each
 * transaction: rows, what is parked and the checkpoints' counts change together. A record that fails again stays, and those
 * behind it wait. One connection, one thread.
 */
final class QueueRedrive<R extends Record> {
  private static final int AT_ONCE = 500;
  /** A dry run is one transaction, which holds up runners that change the same rows. */
  private static final int DRY = 5_000;

  private final Connection connection;
  private final Projection<R> projection;
  private final Decoding<R> decoding;
  private final Clock clock;
  private final Writing<R> writing;
  private final ParkingLot lot;
  private final Checkpoints checkpoints;
  private final Backoff backoff = new Backoff();

  QueueRedrive(Connection connection, Projection<R> projection, Decoding<R> decoding, Clock clock,
      int generation) {
    this.connection = connection;
    this.projection = projection;
    this.decoding = decoding;
    this.clock = clock;
    this.writing = Writing.of(projection, generation);
    this.lot = new ParkingLot(projection.name(), generation);
    this.checkpoints = new Checkpoints(projection.name(), generation);
  }

  /** What came of a queue so far. */
  private static final class Progress {
    long discarded;
    long redriven;
    long parked;
    int atOnce;
    boolean open = true;
    Optional<Redriven.Cause> failure = Optional.empty();

    Progress(int atOnce) {
      this.atOnce = atOnce;
    }

    Progress copy() {
      var copy = new Progress(atOnce);
      copy.discarded = discarded;
      copy.redriven = redriven;
      return copy;
    }

    Redriven.Queue of(ParkedQueue queue) {
      return new Redriven.Queue(queue.stream().value(), queue.key(), queue.partition(), queue.position(),
          discarded,
          redriven, parked, failure);
    }
  }

  /** What came of a queue, and whether its end was reached: where not, time was up. */
  record Done(Redriven.Queue queue, boolean ended) {
    boolean begun() {
      return queue.discarded() + queue.redriven() > 0 || queue.failure().isPresent();
    }
  }

  /** Redrives a queue, to its end or to the first record that fails; where something outside does not answer, to there. */
  Done run(ParkedQueue queue, Optional<ParkedQueue.Discard> discard, boolean dryRun, RedrivePace pace) {
    var progress = new Progress(pace.atOnce(AT_ONCE));
    var dropped = discard;
    while (progress.open) {
      if (!pace.next())
        return new Done(progress.of(queue), false);
      long before = progress.redriven;
      try {
        progress = written(queue, dropped, dryRun, progress);
      } catch (ViewException | SchemaException e) {
        var so = new Done(progress.of(queue), false);
        if (!so.begun() || Faults.of(e) != Fault.EXTERNAL)
          throw e;
        return so; // whoever goes on from there is told
      }
      dropped = Optional.empty();
      pace.took((int) (progress.redriven - before));
      progress.atOnce = Math.min(pace.atOnce(AT_ONCE), progress.atOnce * 2);
    }
    return new Done(progress.of(queue), true);
  }

  private Progress written(ParkedQueue queue, Optional<ParkedQueue.Discard> discard, boolean dryRun,
      Progress before) {
    while (true) {
      try (var transaction = new Transaction(connection)) {
        if (!dryRun)
          lot.takeAlone(connection);
        var progress = before.copy();
        if (discard.isPresent())
          discard(queue, discard.get(), progress);
        do
          step(queue, progress);
        while (dryRun && progress.open && progress.redriven < DRY);
        if (dryRun)
          progress.open = false;
        else
          transaction.commit();
        backoff.reset();
        return progress;
      } catch (SQLException e) {
        if (SqlFailure.of(e) != SqlFailure.CONFLICT)
          throw SqlFailure.exception("redriving " + queue.key() + " of " + projection.name(), e);
        LockSupport.parkNanos(backoff.next().toNanos());
      }
    }
  }

  private void discard(ParkedQueue queue, ParkedQueue.Discard discard, Progress progress)
      throws SQLException {
    var gone = queue.discard(connection, discard, clock.instant());
    progress.discarded = gone.values().stream().mapToInt(Integer::intValue).sum();
    checkpoints.redriven(connection, Map.of(), 0, gone, clock.instant());
  }

  /** The first records of a queue; fewer of them, and in the end one, where the database refuses a value. */
  private void step(ParkedQueue queue, Progress progress) throws SQLException {
    @Nullable
    SQLException refused = null;
    while (true) {
      var before = connection.setSavepoint();
      try {
        if (write(queue, progress, refused)) {
          connection.releaseSavepoint(before);
          return;
        }
      } catch (SQLException e) {
        if (SqlFailure.of(e) != SqlFailure.DATA || refused != null)
          throw e;
        if (progress.atOnce == 1)
          refused = e;
        progress.atOnce = Math.max(1, progress.atOnce / 2);
      }
      connection.rollback(before); // without the rows that another's transaction has added meanwhile
    }
  }

  private boolean write(ParkedQueue queue, Progress progress, @Nullable SQLException refused)
      throws SQLException {
    var waiting = queue.first(connection, progress.atOnce);
    var records = waiting.stream().map(ParkedQueue.Waiting::record).toList();
    var batch = refused == null ? decoding.decode(records) : refused(records, refused);
    var written = writing.write(connection, batch, new ParkedKeys());
    if (written.isEmpty())
      return false;
    var outcome = written.get();
    var failed = new HashSet<LogRecord>();
    for (var one : outcome.parked())
      failed.add(one.record());
    var through = records.stream().filter(record -> !failed.contains(record)).toList();
    queue.remove(connection, through);
    explain(queue, waiting, outcome.parked());
    var gone = new HashMap<Partition, Integer>();
    through.forEach(record -> gone.merge(record.partition(), 1, Integer::sum));
    checkpoints.redriven(connection, outcome.events(), outcome.growth(), gone, clock.instant());
    boolean more = queue.leaveOpen(connection);
    progress.redriven += through.size();
    progress.open = more && failed.isEmpty();
    progress.parked = more ? queue.size(connection) : 0;
    progress.failure = outcome.parked().stream().findFirst().map(ParkedRecord::failure)
        .map(why -> new Redriven.Cause(why.reason(), why.message(), why.fingerprint()));
    return true;
  }

  private List<Decoded<R>> refused(List<LogRecord> records, SQLException refusal) {
    return records.stream().<Decoded<R>>map(
        record -> new Decoded.Faulty<>(record, Failure.refused(record, refusal))).toList();
  }

  /** Those that waited and still do are as they were. */
  private void explain(ParkedQueue queue, List<ParkedQueue.Waiting> waiting, List<ParkedRecord> parked)
      throws SQLException {
    var followers = new HashSet<LogRecord>();
    for (var one : waiting) {
      if (one.reason().equals(Failure.FOLLOWS))
        followers.add(one.record());
    }
    for (var one : parked) {
      if (!one.reason().equals(Failure.FOLLOWS) || !followers.contains(one.record()))
        queue.fail(connection, one.record(), one.failure());
    }
  }
}
