package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;
import static dev.millrace.view.ViewException.Code.TIMED_OUT;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.view.RebuildProgress.Phase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * <p>The history is folded in memory and each row written once, by COPY; rows that do not fit in the memory they may take are
 * put on disk, and folded when all is read. Then a {@link Runner} goes on from there. Where the database refuses a row, or a
 * fold throws whose row is on disk, the runner takes all of the history instead, a batch at a time: the same rows, later.
 * Indexes, constraints and privileges that somebody added to the live generation's table are made on the new one too.
 *
 * <p>There is one rebuild of a view at a time, in all processes. One that was closed or killed is gone on with by the next, from
 * what it had written down, until its generation is promoted or dropped.
 *
 * <p>It holds one connection of the database from its start to its end, and a second while it follows the log; who asks how it is
 * takes another for that moment. It takes no more for being fast: folding and reading are its work.
 *
 * <p>It feeds its generation until it is closed; whoever keeps the view afterwards runs a {@link Runner} of that generation,
 * and one of the old generation for as long as a rollback is to be possible without a replay. Safe for use by many threads.
 */
public final class Rebuild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /**
   * What a rebuild may take.
   *
   * @param until what it reads; all that there is where it is empty
   */
  record Limits(long memory, Path folder, Duration saveEvery, Optional<Cursor> from,
      Optional<Cursor> until) {}

  private final Work<?> work;
  private final EventCodec codec;
  private final Limits limits;
  private final int generation;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Pace pace = new Pace();
  private final RebuildMeter meter = new RebuildMeter();
  private final StatusReader statuses;
  private volatile @Nullable RebuildClaim claim;
  private volatile @Nullable Runner runner;
  private volatile Phase phase = Phase.FOLDING;
  private volatile Health health = new Health(ViewStatus.State.RUNNING, "");
  private volatile String inOrder = "";

  private Rebuild(Builder settings, Work<?> work, EventCodec codec) {
    this.work = work;
    this.codec = codec;
    this.limits = new Limits(settings.memory, settings.folder, settings.saveEvery, Optional.empty(),
        Optional.empty());
    this.statuses = new StatusReader(work.projection(), work.log(), work.database(), work.clock());
    throttle(settings.perSecond);
    var right = RebuildClaim.take(work.database(), work.projection().name());
    try {
      this.generation = Transaction.run(work.database(), "a generation of " + work.projection().name(),
          connection -> generation(connection, settings.anew));
    } catch (RuntimeException e) {
      right.close();
      throw e;
    }
    this.claim = right;
    this.thread = Thread.ofPlatform().name("rebuild-" + work.projection().name()).unstarted(() -> fill(work));
  }

  private int generation(Connection connection, boolean anew) throws SQLException {
    var catalog = new Catalog(work.projection());
    var begun = anew ? OptionalInt.empty() : catalog.begun(connection);
    return begun.isPresent() ? begun.getAsInt() : catalog.add(connection, Manifest.NEW);
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
    private long memory = 256L << 20;
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    private Duration saveEvery = Duration.ofSeconds(15);
    private boolean anew;
    private OptionalLong perSecond = OptionalLong.empty();
    private ParkingLimit parking = ParkingLimit.DEFAULT;

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

    /** About how many bytes of memory the rows may take while they are folded; 256 MiB where nothing is said. */
    public Builder memory(long bytes) {
      if (bytes < 1)
        throw new IllegalArgumentException("memory is " + bytes + ", not a number of bytes above 0");
      this.memory = bytes;
      return this;
    }

    /** Where a folder is made for what does not fit in memory; the system's for temporary files where nothing is said. */
    public Builder folder(Path folder) {
      this.folder = folder;
      return this;
    }

    /** Begins from the first record, in a generation of its own, also where an earlier rebuild could be gone on with. */
    public Builder anew() {
      this.anew = true;
      return this;
    }

    /** How many records it reads a second at most, as {@link Rebuild#throttle} has it; as many as can be where nothing is said. */
    public Builder throttle(long perSecond) {
      this.perSecond = OptionalLong.of(perSecond);
      return this;
    }

    /** How much time goes by at least between two states that can be gone on from. */
    Builder saveEvery(Duration time) {
      this.saveEvery = time;
      return this;
    }

    /** When to stop rather than park more; {@link ParkingLimit#DEFAULT} where nothing is said. */
    public Builder parkAtMost(ParkingLimit limit) {
      this.parking = limit;
      return this;
    }

    /** Finds out what it would take, without doing it: reads the first records and asks the database, for a few seconds. */
    public RebuildPlan plan() {
      return RebuildPlan.of(work(), memory);
    }

    private Work<?> work() {
      return Work.of(projection, Objects.requireNonNull(log, "log"), Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"), clock, parking);
    }

    /**
     * Starts to fill a new generation, or goes on with the one that an earlier rebuild of the same definition has begun.
     *
     * @throws ViewException DATABASE_UNREACHABLE; REFUSED where another rebuild of the view is at work, in whatever process
     */
    public Rebuild start() {
      var rebuild = new Rebuild(this, work(), Objects.requireNonNull(codec, "codec"));
      rebuild.thread.start();
      return rebuild;
    }
  }

  /** The name of the view. */
  public String view() {
    return work.projection().name();
  }

  /** The number of the new generation. */
  public int generation() {
    return generation;
  }

  /** How the new generation is. */
  public ViewStatus status() {
    var following = runner;
    return following != null ? following.status() : statuses.read(OptionalInt.of(generation), health());
  }

  /** How whoever fills it, or follows the log for it, is. Asks nobody. */
  public Health health() {
    var following = runner;
    return following != null ? following.health() : health;
  }

  /** How far the rebuild is. Asks nobody. */
  public RebuildProgress progress() {
    return meter.progress(phase, pace.isPaused(), inOrder);
  }

  /** Reads no more until {@link #resume}; what is in hand is finished. Nothing is lost by a pause, however long. */
  public void pause() {
    pace.pause(true);
  }

  /** Goes on after a {@link #pause}. */
  public void resume() {
    pace.pause(false);
  }

  /**
   * Reads so many records a second at most, from now on.
   *
   * @param perSecond as many as can be where it is empty
   * @throws IllegalArgumentException where it is not above 0
   */
  public void throttle(OptionalLong perSecond) {
    if (perSecond.isPresent() && perSecond.getAsLong() < 1)
      throw new IllegalArgumentException(
          "a throttle is at least 1 record a second, not " + perSecond.getAsLong());
    pace.throttle(perSecond);
  }

  /** Stops, and takes the new generation away with all that was done for it. It must not be the live one. */
  public void cancel() {
    stop();
    try {
      generations().drop(generation);
    } finally {
      release();
    }
  }

  private <R extends Record> void fill(Work<R> work) {
    var backoff = new Backoff();
    try {
      while (phase == Phase.FOLDING && !pace.isStopped()) {
        try {
          fillOnce(work);
        } catch (RuntimeException e) {
          if (Faults.of(e) != Fault.EXTERNAL)
            throw e;
          retry(e, backoff.next());
        }
      }
    } catch (Throwable e) {
      health = new Health(ViewStatus.State.FAILED, Faults.message(e));
      phase = Phase.FAILED;
      LOG.error("the rebuild of {} has stopped for good", work.projection(), e);
      if (e instanceof Error error)
        throw error;
    }
  }

  private <R extends Record> void fillOnce(Work<R> work) {
    var right = claim;
    if (right == null) {
      right = RebuildClaim.take(work.database(), work.projection().name());
      claim = right;
    }
    try (var filling = new FoldAndCopy<>(work, generation, limits, right, pace, meter)) {
      switch (filling.run(() -> health = new Health(ViewStatus.State.RUNNING, ""))) {
        case FoldAndCopy.End.Filled(var records, var rows) ->
          LOG.info("generation {} of {} is filled: {} rows of {} records", generation, work.projection(),
              rows,
              records);
        case FoldAndCopy.End.Refused(var why) -> {
          inOrder = why;
          LOG.info("generation {} of {} is filled a batch at a time: {}", generation, work.projection(), why);
        }
        case FoldAndCopy.End.Stopped() -> {
          return;
        }
      }
    }
    runner = Runner.of(work.projection()).log(work.log()).codec(codec).database(work.database())
        .clock(work.clock()).generation(generation).pace(pace).parkAtMost(work.parking()).build().start();
    phase = Phase.FOLLOWING;
  }

  /** Lets go of the session as well, which may be what is wrong. */
  private void retry(RuntimeException e, Duration pause) throws InterruptedException {
    release();
    health = new Health(ViewStatus.State.RETRYING, Faults.message(e));
    LOG.warn("the rebuild of {} goes on in {} ms: {}", work.projection(), pause.toMillis(),
        Faults.message(e));
    LOG.debug("{}", work.projection(), e);
    if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS))
      LOG.debug("the rebuild of {} stops while it waits", work.projection());
  }

  private void release() {
    var right = claim;
    claim = null;
    if (right != null)
      right.close();
  }

  /**
   * Waits until the generation has read all that was in the log when this was called.
   *
   * @throws ViewException TIMED_OUT, saying how far it is; what stopped it, where it has stopped for good
   */
  public void awaitCaughtUp(Duration atMost) {
    var view = work.projection().name();
    var end = work.log().end(work.projection().streams());
    long deadline = System.nanoTime() + atMost.toNanos();
    while (phase != Phase.FOLLOWING || !statuses.hasReached(OptionalInt.of(generation), end)) {
      var now = health();
      if (now.state() == ViewStatus.State.FAILED || now.state() == ViewStatus.State.STOPPED
          || pace.isStopped()) {
        throw new ViewException(REFUSED,
            "generation " + generation + " of " + view + " has stopped: " + now.message());
      }
      if (System.nanoTime() > deadline || !waited()) {
        var status = status();
        throw new ViewException(TIMED_OUT,
            "generation " + generation + " of " + view + " is " + progress().phase()
                + " after " + atMost + ", with " + status.lag() + " records to read (" + status.state() + " "
                + status.message() + ")");
      }
    }
  }

  /** False where the thread was interrupted. */
  private static boolean waited() {
    try {
      Thread.sleep(LOOK_EVERY);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Compares the new generation with the live one, as {@link Generations#compare} does. Where they were never at one place, as
   * when nobody keeps a live generation that another definition made, the history is folded once more, as far as the live one
   * has read it, and that is compared.
   */
  public Comparison compare() {
    var found = generations().compare(generation);
    return found.samePosition()
        ? found
        : Audit.of(work.projection()).log(work.log()).codec(codec)
            .database(work.database()).memory(limits.memory).folder(limits.folder).run();
  }

  /**
   * Makes the new generation the live one if nothing differs but what is declared ({@link #compare}).
   *
   * @throws ViewException DIFFERENT with what differs; REFUSED where it is not filled, or does not come as far as the live one
   */
  public void promote() {
    generations().promote(generation, this::compare);
  }

  /** Makes the generation live again that was before the last {@link #promote}, as {@link Generations#rollback} does. */
  public void rollback() {
    generations().rollback();
  }

  private Generations generations() {
    return new Generations(work.projection(), work.log(), work.database());
  }

  /** Stops filling the new generation; it stays, and the next rebuild of the view goes on with it. */
  @Override
  public void close() {
    stop();
    release();
  }

  private void stop() {
    pace.stop();
    stopping.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var following = runner;
    if (following != null)
      following.close();
  }
}
