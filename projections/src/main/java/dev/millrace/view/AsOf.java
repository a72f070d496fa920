package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A view as it was at some time, or as far as its log was read then: folded anew from the first record up to there, by today's
 * projection, into a table that is thrown away on close.
 *
 * {@snippet :
 * try (var march = AsOf.of(countryRevenue).log(log).codec(codec).database(database).at(Instant.parse("2026-03-01T00:00:00Z"))) {
 *   var then = march.model().get("France");
 *   var changed = march.compare();
 * }
 * }
 *
 * <p>Safe for use by many threads, once it is there.
 */
public final class AsOf<R extends Record> implements AutoCloseable {
  /** What is thrown away stops for nothing: how much could not be taken is what one may want to know. */
  private static final ParkingLimit ALL_MAY_BE_PARKED = new ParkingLimit(Integer.MAX_VALUE,
      Duration.ofDays(1));

  private final Work<R> work;
  private final Throwaway table;
  private final Cursor until;
  private long records;

  private AsOf(Work<R> work, Throwaway table, Cursor until) {
    this.work = work;
    this.table = table;
    this.until = until;
  }

  /** Starts the settings: {@code log}, {@code codec} and {@code database} have to be said. */
  public static <R extends Record> Builder<R> of(Projection<R> projection) {
    return new Builder<>(projection);
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder<R extends Record> {
    private final Projection<R> projection;
    private @Nullable EventLog log;
    private @Nullable EventCodec codec;
    private @Nullable DataSource database;
    private long memory = 256L << 20;
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    private Optional<Cursor> from = Optional.empty();
    private Consumer<RebuildProgress> watcher = _ -> {};

    private Builder(Projection<R> projection) {
      this.projection = projection;
    }

    /** Where the events are. Not closed by this. */
    public Builder<R> log(EventLog log) {
      this.log = log;
      return this;
    }

    /** Reads the events. */
    public Builder<R> codec(EventCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Where the view is. Not closed by this. */
    public Builder<R> database(DataSource database) {
      this.database = database;
      return this;
    }

    /** About how many bytes of memory the rows may take, as {@link Rebuild.Builder#memory} has it. */
    public Builder<R> memory(long bytes) {
      this.memory = bytes;
      return this;
    }

    /** Where a folder is made for what does not fit in memory. */
    public Builder<R> folder(Path folder) {
      this.folder = folder;
      return this;
    }

    /** Leaves out what is before. */
    Builder<R> from(Cursor from) {
      this.from = Optional.of(from);
      return this;
    }

    /** Is told about once a second how far it is; what it throws ends it. */
    Builder<R> watched(Consumer<RebuildProgress> watcher) {
      this.watcher = watcher;
      return this;
    }

    /**
     * The view of all that the log took before this time. Returns when it is there.
     *
     * @throws ViewException DATABASE_UNREACHABLE
     */
    public AsOf<R> at(Instant time) {
      return upTo(Objects.requireNonNull(log, "log").at(projection.streams(), time));
    }

    /** The view of all that is read up to this cursor. Returns when it is there. */
    public AsOf<R> upTo(Cursor until) {
      var work = Work.of(projection, Objects.requireNonNull(log, "log"),
          Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"), Clock.systemUTC(), ALL_MAY_BE_PARKED);
      sweep(work);
      var filled = new AsOf<>(work, throwaway(work, (_, _) -> {}), until);
      try {
        filled.fill(new Rebuild.Limits(memory, folder, Duration.ofDays(1), from, Optional.of(until)),
            new RebuildMeter(watcher));
        return filled;
      } catch (RuntimeException e) {
        filled.close();
        throw e;
      }
    }
  }

  private static String name(Projection<?> projection, int generation) {
    return projection.name() + " as generation " + generation;
  }

  /** A generation that is dropped on close, or by others when its process is gone. */
  record Throwaway(Work<?> work, int generation, RebuildClaim claim) implements AutoCloseable {
    @Override
    public void close() {
      try {
        new Generations(work.projection(), work.log(), work.database()).drop(generation);
      } finally {
        claim.close();
      }
    }
  }

  /** Does more to a new generation in the transaction that makes it. */
  @FunctionalInterface
  interface More {
    void on(Connection connection, int generation) throws SQLException;
  }

  /** A generation that nobody else drops: it is claimed before anybody sees it. */
  static Throwaway throwaway(Work<?> work, More more) {
    var projection = work.projection();
    return Transaction.run(work.database(), "a generation of " + projection.name(), connection -> {
      int generation = new Catalog(projection).add(connection, Manifest.THROWAWAY);
      var claim = RebuildClaim.take(work.database(), name(projection, generation));
      try {
        more.on(connection, generation);
        return new Throwaway(work, generation, claim);
      } catch (SQLException | RuntimeException e) {
        claim.close();
        throw e;
      }
    });
  }

  /** Drops what those left who were killed. */
  static void sweep(Work<?> work) {
    var projection = work.projection();
    var left = Transaction.run(work.database(), "the generations of " + projection.name(),
        connection -> new Catalog(projection).throwaways(connection));
    for (int generation : left) {
      var claim = RebuildClaim.tryTake(work.database(), name(projection, generation));
      if (claim.isPresent()) {
        try (var _ = claim.get()) {
          new Generations(projection, work.log(), work.database()).drop(generation);
        }
      }
    }
  }

  private void fill(Rebuild.Limits limits, RebuildMeter meter) {
    try (var filling = new FoldAndCopy<>(work, table.generation, limits, table.claim, new Pace(), meter)) {
      if (filling.run(() -> {}) instanceof FoldAndCopy.End.Refused)
        fillInOrder(limits.from().orElseGet(Cursor::start), meter);
    }
    records = meter.records();
  }

  /** As a runner does, a batch at a time. */
  private void fillInOrder(Cursor from, RebuildMeter meter) {
    meter.expect(work.log(), work.projection().streams(), from);
    var log = work.log().reader(work.projection().streams(), from);
    try (var ahead = new ReadAhead<>(log, work.decoding()); var shift = Shift.begin(work, table.generation)) {
      var cursor = from.with(shift.assigned(until.positions().keySet()));
      var end = new Until(work.log(), work.projection().streams(), until);
      while (!end.isReached(cursor)) {
        var polled = ahead.next(until);
        if (polled.decoded().isEmpty())
          end.nothingCame();
        var _ = meter.read(polled.decoded());
        if (!shift.apply(polled.decoded(), polled.cursor()))
          throw new ViewException(REFUSED,
              name(work.projection(), table.generation) + " is filled by another as well");
        cursor = cursor.with(polled.cursor());
      }
    }
  }

  /** How far the log was read for this. */
  public Cursor until() {
    return until;
  }

  /** Answers questions of the view as it was. */
  public ReadModel<R> model() {
    return new ReadModel<>(work.projection(), work.database(), work.projection().sqlTable(table.generation));
  }

  /**
   * What has changed since: the view as it was, beside the live one as it is.
   *
   * @throws ViewException DEFINITION_CHANGED where the live one has other keys
   */
  public Comparison compare() {
    return Transaction.run(work.database(), "comparing " + work.projection().name() + " with what it was",
        connection -> {
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
          var live = new Catalog(work.projection()).live(connection);
          var found = GenerationDiff.find(connection, work.projection(), live, table.generation);
          return new Comparison(false, found.live(), found.rebuilt(), found.different(), found.unexpected(),
              found.examples());
        });
  }

  long records() {
    return records;
  }

  int generation() {
    return table.generation;
  }

  /** Throws the table away. */
  @Override
  public void close() {
    table.close();
  }
}
