package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;
import static dev.millrace.view.ViewException.Code.TIMED_OUT;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.view.RebuildProgress.Phase;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
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
 * <p>The history is folded in memory and each row written once, by COPY; then a {@link Runner} goes on from there. Where the
 * rows take more memory than they may, or the database refuses one, the runner takes all of the history instead, a batch at a
 * time: the same rows, later. Indexes, constraints and privileges that somebody added to the live generation's table are made
 * on the new one too.
 *
 * <p>It feeds its generation until it is closed; whoever keeps the view afterwards runs a {@link Runner} of that generation,
 * and one of the old generation for as long as a rollback is to be possible without a replay. Safe for use by many threads.
 */
public final class Rebuild implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  private final Work<?> work;
  private final long memory;
  private final Runner runner;
  private final int generation;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Phase phase = Phase.FOLDING;
  private volatile Health health = new Health(ViewStatus.State.RUNNING, "");
  private volatile String inOrder = "";
  private volatile OptionalLong total = OptionalLong.empty();
  private volatile @Nullable FoldAndCopy<?> filling;

  private Rebuild(Builder settings, Work<?> work, EventCodec codec) {
    this.work = work;
    this.memory = settings.memory;
    this.generation = Transaction.run(work.database(), "a new generation of " + work.projection().name(),
        connection -> new Catalog(work.projection()).add(connection));
    this.runner = Runner.of(work.projection()).log(work.log()).codec(codec).database(work.database())
        .clock(work.clock()).generation(generation).build();
    this.thread = Thread.ofPlatform().name("rebuild-" + work.projection().name()).unstarted(() -> fill(work));
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

    /**
     * Makes the new generation and starts to fill it.
     *
     * @throws ViewException DATABASE_UNREACHABLE
     */
    public Rebuild start() {
      var reading = Objects.requireNonNull(codec, "codec");
      var rebuild = new Rebuild(this, Work.of(projection, Objects.requireNonNull(log, "log"), reading,
          Objects.requireNonNull(database, "database"), clock), reading);
      rebuild.thread.start();
      return rebuild;
    }
  }

  /** The number of the new generation. */
  public int generation() {
    return generation;
  }

  /** How the new generation is. */
  public ViewStatus status() {
    return phase == Phase.FOLLOWING ? runner.status() : runner.status().with(health());
  }

  /** One that begins again is well again when it has read something. */
  private Health health() {
    var at = filling;
    return phase == Phase.FOLDING && at != null && at.records() > 0
        ? new Health(ViewStatus.State.RUNNING, "")
        : health;
  }

  /** How far the rebuild is. Asks nobody. */
  public RebuildProgress progress() {
    var at = filling;
    var now = phase == Phase.FOLDING && at != null && at.writing() ? Phase.COPYING : phase;
    return new RebuildProgress(now, at == null ? 0 : at.records(), total, inOrder);
  }

  private <R extends Record> void fill(Work<R> work) {
    var backoff = new Backoff();
    try {
      while (phase == Phase.FOLDING && !stopped()) {
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
    var next = new FoldAndCopy<>(work, generation, memory);
    filling = next;
    if (!work.log().repeats()) // else it counts no further than it has to
      total = OptionalLong.of(work.log().lag(work.projection().streams(), Cursor.start()));
    switch (next.run(this::stopped)) {
      case FoldAndCopy.End.Filled(var records, var rows) ->
        LOG.info("generation {} of {} is filled: {} rows of {} records", generation, work.projection(), rows,
            records);
      case FoldAndCopy.End.Refused(var why) -> {
        inOrder = why;
        LOG.info("generation {} of {} is filled a batch at a time: {}", generation, work.projection(), why);
        Transaction.run(work.database(), "preparing generation " + generation, connection -> {
          var table = new GenerationTable(work.projection(), generation);
          table.follow(connection, new Catalog(work.projection()).live(connection));
          return generation;
        });
      }
      case FoldAndCopy.End.Stopped() -> {
        return;
      }
    }
    runner.start();
    phase = Phase.FOLLOWING;
  }

  private void retry(RuntimeException e, Duration pause) throws InterruptedException {
    filling = null;
    health = new Health(ViewStatus.State.RETRYING, Faults.message(e));
    LOG.warn("the rebuild of {} begins again in {} ms: {}", work.projection(), pause.toMillis(),
        Faults.message(e));
    LOG.debug("{}", work.projection(), e);
    if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS))
      LOG.debug("the rebuild of {} stops while it waits", work.projection());
  }

  private boolean stopped() {
    return stopping.getCount() == 0;
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
    while (phase != Phase.FOLLOWING || !runner.hasReached(end)) {
      var now = phase == Phase.FOLLOWING ? runner.health() : health();
      if (now.state() == ViewStatus.State.FAILED || now.state() == ViewStatus.State.STOPPED || stopped()) {
        throw new ViewException(REFUSED,
            "generation " + generation + " of " + view + " has stopped: " + now.message());
      }
      if (System.nanoTime() > deadline || !pause()) {
        var status = status();
        throw new ViewException(TIMED_OUT,
            "generation " + generation + " of " + view + " is " + progress().phase()
                + " after " + atMost + ", with " + status.lag() + " records to read (" + status.state() + " "
                + status.message() + ")");
      }
    }
  }

  /** False where the thread was interrupted. */
  private static boolean pause() {
    try {
      Thread.sleep(LOOK_EVERY);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Compares the new generation with the live one, in the database: each row counts, and only what differs is read.
   *
   * @throws ViewException DEFINITION_CHANGED where the live one has other columns, and there is nothing to compare
   */
  public Comparison compare() {
    return generations().compare(work.log(), generation);
  }

  /** Makes the new generation the live one, in one transaction. Readers see the one or the other. */
  public void promote() {
    generations().promote(generation);
  }

  /** Makes the generation live again that was before the last {@link #promote}, in one transaction. */
  public void rollback() {
    generations().rollback();
  }

  private Generations generations() {
    return new Generations(work.projection(), work.database());
  }

  /** Stops filling the new generation; its table stays. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    runner.close();
  }
}
