package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.view.Checkpoints.Tally;
import dev.millrace.view.RebuildProgress.Phase;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quick way to fill a new generation: the history of all partitions is folded in memory, and each row is written once, by
 * COPY, into a table that gets its indexes afterwards. Keys whose rows do not fit in memory are put aside in {@link Buckets}, and
 * folded one bucket after another when all is read.
 *
 * <p>Every so often the rows, checkpoints, parked records and {@link Manifest} are written in one transaction; who comes after a
 * crash reads them and goes on from there. One thread reads and decodes, another folds: the one that calls. Used once.
 */
final class FoldAndCopy<R extends Record> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FoldAndCopy.class);
  private static final int SAMPLE = 64;
  /** What is written to go on from takes at most one part of so many of the time. */
  private static final int SAVES_PART = 20;

  /** How it ended. */
  sealed interface End {
    record Filled(long records, long rows) implements End {}

    record Stopped() implements End {}

    /** This way leads nowhere: the events are to be taken in their order, a batch at a time. */
    record Refused(String why) implements End {}
  }

  /** The way leads nowhere. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private RefusedException(String why) {
      super(why);
    }
  }

  private final Work<R> work;
  private final Rebuild.Limits limits;
  private final RebuildClaim claim;
  private final Pace pace;
  private final RebuildMeter meter;
  private final int generation;
  private final String view;
  private final GenerationTable table;
  private final Checkpoints checkpoints;
  private final ParkingLot lot;
  private final RecentEvents recent;
  private final RowSizes sizes;
  private final SortedMap<Partition, Tally> tallies = new TreeMap<>();
  private Manifest manifest = Manifest.NEW;
  private Discards discards = new Discards();
  private @Nullable Buckets<R> buckets;
  private Folding<R> folding;
  private Runnable begun = () -> {};

  FoldAndCopy(Work<R> work, int generation, Rebuild.Limits limits, RebuildClaim claim, Pace pace,
      RebuildMeter meter) {
    this.work = work;
    this.generation = generation;
    this.limits = limits;
    this.claim = claim;
    this.pace = pace;
    this.meter = meter;
    this.view = work.projection().name();
    this.table = new GenerationTable(work.projection(), generation);
    this.checkpoints = new Checkpoints(view, generation);
    this.lot = new ParkingLot(view, generation);
    this.recent = new RecentEvents(work.log(), view, generation);
    this.sizes = new RowSizes(work.projection().mapping());
    this.folding = new Folding<>(work.projection(), Map.of(), new ParkedKeys());
  }

  /**
   * Folds what the log holds now, and writes it; what is done of that already is not done again.
   *
   * @param begun is told when the log has answered
   */
  End run(Runnable begun) {
    this.begun = begun;
    try {
      resume();
      return fill();
    } catch (SQLException e) {
      throw SqlFailure.exception("filling generation " + generation + " of " + view, e);
    }
  }

  private End fill() throws SQLException {
    try {
      if (work.projection().hasSql() && manifest.phase() != Phase.FOLLOWING)
        throw new RefusedException("it has SQL of its own");
      if (manifest.phase() == Phase.FOLDING && !readLog())
        return new End.Stopped();
      if (manifest.phase() == Phase.COPYING && !foldBuckets())
        return new End.Stopped();
    } catch (RefusedException e) {
      inOrder(String.valueOf(e.getMessage()));
    }
    return manifest.inOrder().isEmpty()
        ? new End.Filled(manifest.records(), manifest.rows())
        : new End.Refused(manifest.inOrder());
  }

  private void resume() throws SQLException {
    try (var transaction = new Transaction(claim.connection())) {
      manifest = Manifest.read(claim.connection(), view, generation).orElse(Manifest.NEW);
      discards = Discards.of(claim.connection(), view, generation);
      if (manifest.phase() != Phase.FOLLOWING && !goOn(transaction.connection()))
        clear(transaction.connection(), manifest.anew());
      transaction.commit();
    }
    meter.begin(manifest);
  }

  /** False where what there is cannot be gone on with, because the buckets are not on this machine. */
  private boolean goOn(Connection connection) throws SQLException {
    if (!manifest.folder().isEmpty()) {
      try {
        buckets = Buckets.open(Path.of(manifest.folder()), work.projection(), manifest.files());
      } catch (NoSuchFileException e) {
        LOG.info("generation {} of {} is filled from the beginning: {} is not there as it was", generation,
            view,
            e.getMessage());
        return false;
      }
    }
    tallies.putAll(checkpoints.tallies(connection));
    if (manifest.phase() == Phase.FOLDING) {
      var parkedKeys = new ParkedKeys();
      parkedKeys.addAll(lot.keys(connection, work.projection().streams()));
      folding = new Folding<>(work.projection(), Map.of(), parkedKeys);
      if (buckets != null)
        folding.leaveTo(buckets);
      var mapping = work.projection().mapping();
      table.read(connection, stored -> {
        folding.put(mapping.key(stored), mapping.row(stored));
        sizes.add(stored);
      });
      recent.load(connection, tallies.keySet(), recent.lineage(tallies.keySet()));
    }
    return true;
  }

  private void clear(Connection connection, Manifest next) throws SQLException {
    table.clear(connection);
    checkpoints.clear(connection);
    lot.clear(connection);
    recent.clear(connection);
    next.write(connection, view, generation);
    manifest = next;
  }

  /** Folds the log from the cursor on to where it ends now; false where it was stopped before. */
  private boolean readLog() throws SQLException, RefusedException {
    var streams = work.projection().streams();
    var cursor = limits.from().orElseGet(Cursor::start).with(Cursor.of(positions()));
    meter.expect(work.log(), streams, cursor);
    var end = new Until(work.log(), streams, limits.until().orElseGet(() -> work.log().end(streams)));
    var due = new Due(limits.saveEvery());
    try (var ahead = new ReadAhead<>(work.log().reader(streams, cursor), work.decoding())) {
      while (!end.isReached(cursor)) {
        var polled = limits.until().map(ahead::next).orElseGet(() -> ahead.next(pace.atOnce()));
        begun.run();
        pace.await(polled.decoded().size());
        if (pace.isStopped())
          return false;
        if (polled.decoded().isEmpty())
          end.nothingCame();
        fold(polled);
        cursor = cursor.with(polled.cursor());
        shrink();
        if (due.now() || folding.parkedBytes() > limits.memory() / 4)
          due.took(() -> save(false));
      }
    }
    meter.writing();
    save(true);
    return true;
  }

  private Map<Partition, Position> positions() {
    var positions = new HashMap<Partition, Position>();
    tallies.forEach((partition, tally) -> positions.put(partition, tally.position()));
    return positions;
  }

  private void fold(ReadAhead.Polled<R> polled) {
    work.decoding().fold();
    var appended = meter.read(polled.decoded());
    recent.begin(appended.keySet());
    folding.add(recent.fresh(discards.without(polled.decoded())));
    polled.cursor().positions().forEach((partition, position) -> {
      var before = tallies.get(partition);
      var last = Optional.<Instant>ofNullable(appended.get(partition));
      tallies.put(partition,
          before == null
              ? new Tally(position, last, 0, 0)
              : new Tally(position, last.or(before::appendedAt), before.events(), before.parked()));
    });
    for (int i = 0; i < polled.decoded().size(); i += SAMPLE) {
      if (polled.decoded().get(i) instanceof Decoded.Changes<R> changes) {
        for (var change : changes.changes()) {
          var row = folding.row(change.key());
          if (row != null)
            sizes.add(work.projection().mapping().stored(row));
        }
      }
    }
  }

  /** Puts keys aside until the rows of the others fit. */
  private void shrink() {
    while (sizes.of(folding.keys()) > limits.memory()) {
      if (buckets == null) {
        buckets = Buckets.in(limits.folder(), work.projection());
        folding.leaveTo(buckets);
      }
      if (!buckets.more())
        return;
      folding.leave(buckets::row);
      buckets.rowsDone();
      meter.spilled(buckets.count(), buckets.bytes());
    }
  }

  /** Writes all that was come to, so that this or another process can go on from there. */
  private void save(boolean last) throws SQLException, RefusedException {
    try (var transaction = new Transaction(claim.connection())) {
      var connection = transaction.connection();
      var mapping = work.projection().mapping();
      var rows = folding.rows();
      table.clear(connection);
      table.copy(connection, rows.stream().map(mapping::stored), true);
      lot.park(connection, parked(), work.clock().instant(), work.parking());
      recent.saveAll(connection);
      var files = buckets == null ? Map.<String, Long>of() : buckets.sync();
      manifest = new Manifest(manifest.throwaway(), last ? Phase.COPYING : Phase.FOLDING, meter.records(),
          rows.size(),
          meter.bytes(), "",
          buckets == null ? "" : buckets.folder().toString(), files, manifest.folded());
      if (last && buckets == null)
        finish(connection);
      else
        checkpoint(connection);
      transaction.commit();
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private List<ParkedRecord> parked() {
    var parked = folding.takeParked();
    for (var one : parked)
      count(one.record().partition(), 0, 1);
    folding.takeEvents().forEach((partition, events) -> count(partition, events, 0));
    return parked;
  }

  private void count(Partition partition, long events, long parked) {
    tallies.computeIfPresent(partition, (_, was) -> new Tally(was.position(), was.appendedAt(),
        was.events() + events, was.parked() + parked));
  }

  private void checkpoint(Connection connection) throws SQLException {
    checkpoints.begin(connection, tallies, manifest.rows(), work.owner(), work.clock().instant());
    manifest.write(connection, view, generation);
  }

  private void finish(Connection connection) throws SQLException {
    table.index(connection);
    table.follow(connection, new Catalog(work.projection()).live(connection));
    manifest = manifest.filled();
    checkpoint(connection);
  }

  /** Folds the buckets that are left; false where it was stopped before. */
  private boolean foldBuckets() throws SQLException, RefusedException {
    meter.writing();
    folding = new Folding<>(work.projection(), Map.of(), new ParkedKeys()); // its rows are in the table
    var all = buckets;
    for (int bucket = 0; all != null && bucket < all.count(); bucket++) {
      pace.await(0);
      if (pace.isStopped())
        return false;
      if (!manifest.folded().contains(bucket))
        foldBucket(all, bucket);
      meter.folded(bucket + 1);
    }
    try (var transaction = new Transaction(claim.connection())) {
      finish(transaction.connection());
      transaction.commit();
    } catch (SQLException e) {
      throw refused(e);
    }
    return true;
  }

  private void foldBucket(Buckets<R> all, int bucket) throws SQLException, RefusedException {
    var rows = fold(all, bucket);
    try (var transaction = new Transaction(claim.connection())) {
      table.copy(transaction.connection(), rows.stream().map(work.projection().mapping()::stored), false);
      manifest = manifest.folded(bucket, rows.size());
      manifest.write(transaction.connection(), view, generation);
      transaction.commit();
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private Collection<R> fold(Buckets<R> all, int bucket) throws RefusedException {
    var rows = new Folding<R>(work.projection(), Map.of(), new ParkedKeys());
    try {
      all.read(bucket, work.decoding(), rows, rows::change);
    } catch (Folding.FoldFailed e) {
      // It would have to change no row at all, and keep back what follows it; the others are written by now.
      throw new RefusedException("a fold fails whose row did not fit in memory: " + Faults.message(e));
    }
    return rows.rows();
  }

  private static RefusedException refused(SQLException e) throws SQLException {
    if (SqlFailure.of(e) != SqlFailure.DATA)
      throw e;
    return new RefusedException("the database refuses a value: " + e.getMessage());
  }

  /** Leaves the history to a runner. */
  private void inOrder(String why) throws SQLException {
    try (var transaction = new Transaction(claim.connection())) {
      clear(transaction.connection(), manifest.inOrder(why));
      table.index(transaction.connection());
      table.follow(transaction.connection(), new Catalog(work.projection()).live(transaction.connection()));
      transaction.commit();
    }
  }

  /** Leaves what is on the disk there, unless nobody needs it any more. */
  @Override
  public void close() {
    if (buckets != null)
      buckets.close();
    if (manifest.phase() == Phase.FOLLOWING && !manifest.folder().isEmpty())
      Buckets.delete(Path.of(manifest.folder()));
    else if (manifest.throwaway() && buckets != null)
      Buckets.delete(buckets.folder());
  }

  /** When it is time to write down how far things are. */
  private static final class Due {
    @FunctionalInterface
    private interface Saving {
      void run() throws SQLException, RefusedException;
    }

    private final long every;
    private long next;

    private Due(Duration every) {
      this.every = every.toNanos();
      this.next = System.nanoTime() + this.every;
    }

    private boolean now() {
      return System.nanoTime() - next >= 0;
    }

    private void took(Saving saving) throws SQLException, RefusedException {
      long begun = System.nanoTime();
      saving.run();
      long now = System.nanoTime();
      next = now + Math.max(every, SAVES_PART * (now - begun));
    }
  }
}
