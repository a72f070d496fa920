package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.Optional;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Holds a live view against its log, while it is kept and served: rows of it are copied as of one moment, the history is folded
 * anew as far as the view had read it then, and the two are compared. So a view that has drifted is found: a hand-made UPDATE, a
 * fold that is not pure, a bug that is mended since. The live view is read once, and not changed.
 */
public final class Audit {
  private Audit() {}

  /** Starts the settings: {@code log}, {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder(projection);
  }

  /** Where a rehearsal of the last events begins; ticks where finding that out takes its time. */
  @FunctionalInterface
  private interface Begin {
    Cursor of(EventLog log, Cursor until, Runnable tick);
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private static final long MOST_LAST = 100_000;

    private final AsOf.Builder<?> refold;
    private final Projection<?> projection;
    private @Nullable EventLog log;
    private @Nullable EventCodec codec;
    private @Nullable DataSource database;
    private int buckets = GenerationDiff.BUCKETS;
    private Optional<Begin> begin = Optional.empty();

    private Builder(Projection<?> projection) {
      this.projection = projection;
      this.refold = AsOf.of(projection);
    }

    /** Where the events are. Not closed by this. */
    public Builder log(EventLog log) {
      this.log = log;
      refold.log(log);
      return this;
    }

    /** Reads the events. */
    public Builder codec(EventCodec codec) {
      this.codec = codec;
      refold.codec(codec);
      return this;
    }

    /** Where the view is. Not closed by this. */
    public Builder database(DataSource database) {
      this.database = database;
      refold.database(database);
      return this;
    }

    /** About how many bytes of memory the rows may take, as {@link Rebuild.Builder#memory} has it. */
    public Builder memory(long bytes) {
      refold.memory(bytes);
      return this;
    }

    /** Where a folder is made for what does not fit in memory. */
    public Builder folder(Path folder) {
      refold.folder(folder);
      return this;
    }

    /**
     * Which part of the keys is looked at, by a hash of the key: 1 for all, which is so where nothing is said.
     *
     * @throws IllegalArgumentException where it is not above 0 and at most 1
     */
    public Builder sample(double part) {
      if (!(part > 0 && part <= 1))
        throw new IllegalArgumentException("a sample is a part above 0 and at most 1, not " + part);
      buckets = (int) Math.ceil(part * GenerationDiff.BUCKETS);
      return this;
    }

    /**
     * Does it, and answers what differs: the live view as it was beside what its log comes to.
     *
     * @throws ViewException UNKNOWN_VIEW where the view was never built; DATABASE_UNREACHABLE
     */
    public Comparison run() {
      if (begin.isPresent())
        throw new IllegalStateException(
            "the last events alone have nothing to compare with: rehearse() them");
      return rehearse(_ -> {}).comparison().orElseThrow();
    }

    /** Rehearses with no more than the events that were appended since; rows are not compared then, as their beginnings lack. */
    public Builder since(Instant time) {
      this.begin = Optional.of((log, _, _) -> log.at(projection.streams(), time));
      return this;
    }

    /**
     * Rehearses with no more than so many events, those that were appended last; rows are not compared then,
     * and a fold that fails may miss what was before.
     *
     * @throws IllegalArgumentException where it is not from 1 to 100,000
     */
    public Builder last(long records) {
      if (records < 1 || records > MOST_LAST)
        throw new IllegalArgumentException("the last records are from 1 to 100000, not " + records);
      this.begin = Optional
          .of((log, until, tick) -> LastRecords.cursor(log, projection.streams(), until, records, tick));
      return this;
    }

    /**
     * Does it with a projection that is not live yet, and tells also what it could not take and how long it took.
     *
     * @param watcher is told about once a second how far it is, by the calling thread; what it throws ends the rehearsal
     * @throws ViewException UNKNOWN_VIEW where the view was never built; DEFINITION_CHANGED where the live one has other
     *     keys; DATABASE_UNREACHABLE
     */
    public Rehearsal rehearse(Consumer<RebuildProgress> watcher) {
      var work = Work.of(projection, Objects.requireNonNull(log, "log"),
          Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"), Clock.systemUTC(), ParkingLimit.DEFAULT);
      AsOf.sweep(work);
      var read = new Cursor[]{Cursor.start()};
      try (var copied = AsOf.throwaway(work, (connection, copy) -> read[0] = copy(connection, copy))) {
        begin.ifPresent(where -> refold.from(where.of(work.log(), read[0],
            () -> watcher.accept(new RebuildMeter().progress(RebuildProgress.Phase.FOLDING, false, "")))));
        long begun = System.nanoTime();
        try (var then = refold.watched(watcher).upTo(read[0])) {
          var took = Duration.ofNanos(System.nanoTime() - begun);
          return Transaction.run(work.database(), "auditing " + projection.name(), connection -> {
            var compared = begin.isPresent()
                ? Optional.<Comparison>empty()
                : Optional.of(compared(connection, copied.generation(), then.generation()));
            return new Rehearsal(compared, failures(connection, then.generation()), then.records(), took);
          });
        }
      }
    }

    private Comparison compared(Connection connection, int copied, int refolded) throws SQLException {
      var found = GenerationDiff.find(connection, projection, copied, refolded, buckets);
      return new Comparison(true, found.live(), found.rebuilt(), found.different(), found.unexpected(),
          found.examples());
    }

    private List<Rehearsal.Failures> failures(Connection connection, int generation) throws SQLException {
      try (var statement = connection.prepareStatement(
          """
              SELECT reason, min(message), count(*), count(DISTINCT key) FROM millrace.parked
              WHERE view = ? AND generation = ? AND reason <> 'FOLLOWS' GROUP BY reason ORDER BY count(*) DESC, reason""")) {
        statement.setString(1, projection.name());
        statement.setInt(2, generation);
        var failures = new ArrayList<Rehearsal.Failures>();
        try (var rows = statement.executeQuery()) {
          while (rows.next())
            failures.add(new Rehearsal.Failures(rows.getString(1), rows.getString(2), rows.getLong(3),
                rows.getLong(4)));
        }
        return failures;
      }
    }

    /** Copies rows of the live generation, and answers how far it had read then: in one statement, as of one moment. */
    private Cursor copy(Connection connection, int copy) throws SQLException {
      int live = new Catalog(projection).live(connection);
      var from = projection.sqlTable(live);
      var to = projection.sqlTable(copy);
      var keys = projection.mapping().keys().stream().map(Column::quoted).toList();
      try (var statement = connection.createStatement()) {
        statement.execute("DROP TABLE " + to);
        statement.execute("CREATE TABLE " + to + " (LIKE " + from + ")");
      }
      try (var statement = connection
          .prepareStatement("WITH copied AS (INSERT INTO " + to + " SELECT * FROM " + from
              + " WHERE " + GenerationDiff.bucket(keys) + " < ?)"
              + " SELECT stream, \"partition\", \"position\" FROM millrace.checkpoint"
              + " WHERE view = ? AND generation = ? AND \"position\" IS NOT NULL")) {
        statement.setInt(1, begin.isPresent() ? 0 : buckets); // what is not compared is not copied
        statement.setString(2, projection.name());
        statement.setInt(3, live);
        var read = new HashMap<Partition, Position>();
        try (var rows = statement.executeQuery()) {
          while (rows.next())
            read.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
                Position.of(rows.getString(3)));
        }
        return Cursor.of(read);
      }
    }
  }
}
