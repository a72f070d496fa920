package dev.millrace.view;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.view.ViewStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one generation of a view: reads the projection's streams, folds the events, and writes rows, checkpoint and parked
 * records in one transaction. One thread of its own, from {@link #start} to {@link #close}; it holds one connection of the
 * database meanwhile.
 *
 * <p>Runners of one view in several processes share the partitions between them. Each event changes the view once: the
 * database refuses the transaction of a runner that has lost a partition without knowing it (design P3, D5). Where the log
 * may hold an event twice ({@link EventLog#repeats}), the second is dropped if fewer than 16,384 other events of its partition,
 * or of those that this was split from or merged of, lie between the two; what has no envelope is never dropped.
 *
 * <p>What cannot be decoded or folded is parked with those that follow it under its key; other keys go on. What is outside
 * and does not answer is tried again for ever. What is a defect stops the runner, and so do more parked keys than {@link
 * Builder#parkAtMost} lets be. {@link #health} says so.
 */
public final class Runner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration MEETING = Duration.ofMillis(20);

  private final Work<?> work;
  private final Pace pace;
  private final StatusReader statuses;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Health health = new Health(State.NEW, "");
  private volatile @Nullable LogReader reader;
  private volatile OptionalInt generation;

  private Runner(Builder settings, Work<?> work) {
    this.work = work;
    this.generation = settings.generation;
    this.pace = settings.pace;
    this.statuses = new StatusReader(work.projection(), work.log(), work.database(), work.clock());
    this.thread = Thread.ofPlatform().name("view-" + work.projection().name()).unstarted(this::run);
  }

  /** Starts the settings of a runner: {@code log}, {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder(projection);
  }

  /**
   * Starts the settings of a runner that has the effects of a projection's events, and keeps no generation.
   *
   * @throws ViewException UNKNOWN_VIEW where it has none
   */
  public static Builder effectsOf(Projection<?> projection) {
    var builder = new Builder(projection.ofEffects());
    builder.generation = OptionalInt.of(Projection.EFFECTS);
    return builder;
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private final Projection<?> projection;
    private @Nullable EventLog log;
    private @Nullable EventCodec codec;
    private @Nullable DataSource database;
    private Clock clock = Clock.systemUTC();
    private OptionalInt generation = OptionalInt.empty();
    private Pace pace = new Pace();
    private ParkingLimit parking = ParkingLimit.DEFAULT;

    private Builder(Projection<?> projection) {
      this.projection = projection;
    }

    /** Where the events are. Not closed by the runner. */
    public Builder log(EventLog log) {
      this.log = log;
      return this;
    }

    /** Reads the events. */
    public Builder codec(EventCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Where the view is. Not closed by the runner. */
    public Builder database(DataSource database) {
      this.database = database;
      return this;
    }

    /** What tells the time; the system's UTC clock where nothing is said. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Which generation to keep; the one that is live at the start where nothing is said. */
    public Builder generation(int generation) {
      if (generation < 1)
        throw new IllegalArgumentException("a generation is a number above 0, not " + generation);
      this.generation = OptionalInt.of(generation);
      return this;
    }

    /** What this waits for before each batch; the runner stops it as well. */
    Builder pace(Pace pace) {
      this.pace = pace;
      return this;
    }

    /** When to stop rather than park more; {@link ParkingLimit#DEFAULT} where nothing is said. */
    public Builder parkAtMost(ParkingLimit limit) {
      this.parking = limit;
      return this;
    }

    /** The same settings, for the effects. */
    Builder ofEffects() {
      var others = effectsOf(projection).clock(clock).parkAtMost(parking);
      others.log = log;
      others.codec = codec;
      others.database = database;
      return others;
    }

    /** The runner, not started yet. */
    public Runner build() {
      return new Runner(this, work());
    }

    Work<?> work() {
      return Work.of(projection, Objects.requireNonNull(log, "log"), Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"), clock, parking);
    }
  }

  /** The projection whose view this keeps. */
  public Projection<?> projection() {
    return work.projection();
  }

  /** The generation that this keeps; empty until the database was asked which one is live. */
  public OptionalInt generation() {
    return generation;
  }

  /**
   * Starts the thread and answers at once. Tables that are missing are made on that thread, as soon as the database is
   * there. A runner is started once.
   */
  public Runner start() {
    health = new Health(State.RUNNING, "");
    thread.start();
    return this;
  }

  /** How this runner is. Asks nobody. */
  public Health health() {
    return health;
  }

  /**
   * How the generation is. Asks the database and the log; where one of them does not answer, the last answer stands, with
   * its time and what is wrong.
   */
  public ViewStatus status() {
    return statuses.read(generation, health);
  }

  /** Whether the generation is read so far. Asks the database alone; false where it does not answer. */
  boolean hasReached(Cursor end) {
    return statuses.hasReached(generation, end);
  }

  private void run() {
    var backoff = new Backoff();
    try {
      while (!stopped()) {
        try {
          keep(work, backoff);
        } catch (RuntimeException e) {
          if (Faults.of(e) != Fault.EXTERNAL)
            throw e;
          retry(e, backoff.next());
        }
      }
      health = new Health(State.STOPPED, "");
    } catch (Throwable e) {
      health = new Health(State.FAILED, Faults.message(e));
      LOG.error("{} has stopped for good", work.projection(), e);
      if (e instanceof Error error)
        throw error;
    }
  }

  /** Works until something fails, a partition turns out to be another's, or the runner is stopped. */
  private <R extends Record> void keep(Work<R> work, Backoff backoff) {
    var kept = Transaction.run(work.database(), "opening " + work.projection().name(),
        connection -> new Catalog(work.projection()).open(connection, generation));
    generation = OptionalInt.of(kept.generation());
    if (kept.generation() == Projection.EFFECTS)
      EffectsBegin.mark(work);
    try (var shift = Shift.begin(work, kept.generation());
        var opened = work.log().reader(work.projection().streams(), kept.group(work.projection().name()),
            shift)) {
      reader = opened;
      boolean mine = true;
      while (mine && !stopped()) {
        var batch = opened.poll(shift.isWaiting() ? MEETING : IDLE);
        pace.await(batch.records().size());
        mine = shift.apply(batch);
        health = new Health(State.RUNNING, "");
        backoff.reset();
      }
    } finally {
      reader = null;
    }
  }

  private void retry(RuntimeException e, Duration pause) {
    if (stopped())
      return;
    health = new Health(State.RETRYING, Faults.message(e));
    LOG.warn("{} tries again in {} ms: {}", work.projection(), pause.toMillis(), Faults.message(e));
    LOG.debug("{}", work.projection(), e);
    try {
      if (stopping.await(pause.toMillis(), MILLISECONDS))
        LOG.debug("{} stops while it waits", work.projection());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      stopping.countDown();
    }
  }

  private boolean stopped() {
    return stopping.getCount() == 0;
  }

  /** Finishes the batch in hand, and stops. Nothing is lost: the next runner goes on at the checkpoint. */
  @Override
  public void close() {
    stopping.countDown();
    pace.stop();
    var open = reader;
    if (open != null)
      open.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
