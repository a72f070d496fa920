package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;
import static dev.millrace.view.ViewException.Code.TIMED_OUT;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a view anew beside the live one, from the first record of its streams: a new generation with its own table and
 * checkpoints, which nobody sees before it is promoted (design D7).
 *
 * {@snippet :
 * try (var rebuild = Rebuild.of(countryRevenue).log(log).codec(codec).database(database).start()) {
 *   rebuild.awaitCaughtUp(Duration.ofMinutes(10));
 *   if (rebuild.compare().same()) rebuild.promote();
 * }
 * }
 *
 * <p>It feeds its generation until it is closed; whoever keeps the view afterwards runs a {@link Runner} of that generation,
 * and one of the old generation for as long as a rollback is to be possible without a replay. Safe for use by many threads.
 */
public final class Rebuild implements AutoCloseable {
  private final Projection<?> projection;
  private final EventLog log;
  private final DataSource database;
  private final Runner runner;
  private final int generation;

  private Rebuild(Builder settings, EventLog log, EventCodec codec, DataSource database) {
    this.projection = settings.projection;
    this.log = log;
    this.database = database;
    this.generation = Transaction.run(database, "a new generation of " + projection.name(),
        connection -> new Catalog(projection).add(connection));
    this.runner = Runner.of(projection).log(log).codec(codec).database(database).clock(settings.clock)
        .generation(generation).build();
  }

  /** Starts the settings of a rebuild: {@code log}, {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder(projection);
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private final Projection<?> projection;
    private @Nullable EventLog log;
    private @Nullable EventCodec codec;
    private @Nullable DataSource database;
    private Clock clock = Clock.systemUTC();

    private Builder(Projection<?> projection) {
      this.projection = projection;
    }

    /** Where the events are. Not closed by the rebuild. */
    public Builder log(EventLog log) {
      this.log = log;
      return this;
    }

    /** Reads the events. */
    public Builder codec(EventCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Where the view is. Not closed by the rebuild. */
    public Builder database(DataSource database) {
      this.database = database;
      return this;
    }

    /** What tells the time; the system's UTC clock where nothing is said. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes the new generation and starts to fill it.
     *
     * @throws ViewException DATABASE_UNREACHABLE
     */
    public Rebuild start() {
      var rebuild = new Rebuild(this, Objects.requireNonNull(log, "log"),
          Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"));
      rebuild.runner.start();
      return rebuild;
    }
  }

  /** The number of the new generation. */
  public int generation() {
    return generation;
  }

  /** How the new generation is. */
  public ViewStatus status() {
    return runner.status();
  }

  /**
   * Waits until the generation has read all that was in the log when this was called.
   *
   * @throws ViewException TIMED_OUT, saying how far it is; what stopped it, where it has stopped for good
   */
  public void awaitCaughtUp(Duration atMost) {
    var end = log.end(projection.streams());
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!runner.hasReached(end)) {
      var health = runner.health();
      if (health.state() == ViewStatus.State.FAILED || health.state() == ViewStatus.State.STOPPED) {
        throw new ViewException(REFUSED,
            "generation " + generation + " of " + projection.name() + " has stopped: "
                + health.message());
      }
      if (System.nanoTime() > deadline || !pause()) {
        var status = runner.status();
        throw new ViewException(TIMED_OUT, "generation " + generation + " of " + projection.name() + " has "
            + status.lag() + " records to read after " + atMost + " (" + status.state() + " "
            + status.message() + ")");
      }
    }
  }

  /** False where the thread was interrupted. */
  private static boolean pause() {
    try {
      Thread.sleep(20);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * What the two generations hold, read at one moment of the database.
   *
   * @param samePosition whether both had read equally far; where not, a difference means nothing
   * @param liveRows the rows of the live generation
   * @param newRows the rows of the new one
   * @param different how many rows stand in only one of them, or differ
   */
  public record Comparison(boolean samePosition, long liveRows, long newRows, long different) {
    /** Whether they are known to be equal. */
    public boolean same() {
      return samePosition && different == 0;
    }
  }

  /**
   * Compares the new generation with the live one, row by row.
   *
   * @throws ViewException DEFINITION_CHANGED where the live one has other columns, and there is nothing to compare
   */
  public Comparison compare() {
    return new Generations(projection, database).compare(log, generation);
  }

  /** Makes the new generation the live one, in one transaction. Readers see the one or the other. */
  public void promote() {
    new Generations(projection, database).promote(generation);
  }

  /** Makes the generation live again that was before the last {@link #promote}, in one transaction. */
  public void rollback() {
    new Generations(projection, database).rollback();
  }

  /** Stops filling the new generation; its table stays. */
  @Override
  public void close() {
    runner.close();
  }
}
