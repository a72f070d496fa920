package dev.millrace.view;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.millrace.schema.Fault;
import dev.millrace.view.ViewStatus.State;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a view as it is switched from one generation to another: a {@link Runner} of the live generation, and one of the
 * generation before it, so that a rollback needs no replay. It follows promotions and rollbacks within a second, whoever makes
 * them. What another definition of the projection made is served as it is and not fed by this: {@link State#REBUILD_NEEDED}.
 *
 * <p>One thread of its own, and one of each runner, from {@link #start} to {@link #close}. Safe for use by many threads.
 */
public final class Keeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
  private static final long LOOK_EVERY_MILLIS = 1_000;

  private final Work<?> work;
  private final Runner.Builder runners;
  private final Generations generations;
  private final StatusReader statuses;
  private final Map<Integer, Runner> kept = new ConcurrentHashMap<>();
  private volatile @Nullable Runner effects;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile OptionalInt live = OptionalInt.empty();
  private volatile Health health = new Health(State.NEW, "");

  private Keeper(Runner.Builder settings) {
    this.work = settings.work();
    this.runners = settings;
    this.generations = new Generations(work.projection(), work.log(), work.database());
    this.statuses = new StatusReader(work.projection(), work.log(), work.database(), work.clock());
    this.thread = Thread.ofPlatform().name("keeper-" + work.projection().name()).unstarted(this::run);
  }

  /**
   * A keeper, not started yet.
   *
   * @param settings those of all its runners; the generation is its own affair
   */
  public static Keeper of(Runner.Builder settings) {
    return new Keeper(settings);
  }

  /** The projection whose view this keeps. */
  public Projection<?> projection() {
    return work.projection();
  }

  /** Starts the thread and answers at once; {@link State#NEW} until the view can be read. Started once. */
  public Keeper start() {
    thread.start();
    return this;
  }

  /** How the live generation is kept and, where that is well, how the effects are. Asks nobody. */
  public Health health() {
    var runner = live.isPresent() ? kept.get(live.getAsInt()) : null;
    return orOfEffects(runner != null ? runner.health() : health);
  }

  /** How the live generation is; as {@link Runner#status} has it, with the state of {@link #health}. */
  public ViewStatus status() {
    var runner = live.isPresent() ? kept.get(live.getAsInt()) : null;
    var status = runner != null ? runner.status() : statuses.read(live, health);
    var elsewhere = effects;
    if (elsewhere == null || status.state() != State.RUNNING)
      return status;
    var health = orOfEffects(new Health(State.RUNNING, status.message()));
    long parked = elsewhere.status().parked();
    if (health.state() != State.RUNNING || parked == 0)
      return status.with(health);
    return status
        .with(new Health(State.RUNNING, parked + " events are parked that have not had their effects:"
            + " millrace dead-letters list " + status.view() + " --effects"));
  }

  /** How the effects are: their lag, freshness and parked events; empty where there are none, or they are not kept yet. */
  public Optional<ViewStatus> effects() {
    return Optional.ofNullable(effects).map(Runner::status);
  }

  private Health orOfEffects(Health view) {
    var elsewhere = effects;
    if (elsewhere == null || view.state() != State.RUNNING)
      return view;
    var theirs = elsewhere.health();
    return theirs.state() == State.RETRYING || theirs.state() == State.FAILED
        ? new Health(theirs.state(), "the effects of " + work.projection().name() + ": " + theirs.message())
        : view;
  }

  private void run() {
    var backoff = new Backoff();
    while (stopping.getCount() > 0) {
      long pause = LOOK_EVERY_MILLIS;
      try {
        follow();
        backoff.reset();
      } catch (RuntimeException e) {
        pause = fail(e, backoff);
      }
      try {
        if (stopping.await(pause, MILLISECONDS))
          break;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    health = new Health(State.STOPPED, "");
  }

  private long fail(RuntimeException e, Backoff backoff) {
    health = new Health(Faults.of(e) == Fault.EXTERNAL ? State.RETRYING : State.FAILED,
        Faults.message(e));
    LOG.warn("the generations of {} are looked at again soon: {}", work.projection(), Faults.message(e));
    LOG.debug("{}", work.projection(), e);
    return backoff.next().toMillis();
  }

  /** Looks at the generations now, rather than within a second. */
  public void look() {
    follow();
  }

  private synchronized void follow() {
    var all = generations.all();
    if (all.isEmpty()) {
      Transaction.run(work.database(), "opening " + work.projection().name(),
          connection -> new Catalog(work.projection()).open(connection, OptionalInt.empty()));
      all = generations.all();
    }
    var wanted = new HashSet<Integer>();
    for (var generation : all) {
      if (generation.live()) {
        live = OptionalInt.of(generation.number());
        health = generation.current()
            ? new Health(State.RUNNING, "")
            : new Health(State.REBUILD_NEEDED, "generation " + generation.number() + " of "
                + work.projection().name()
                + " was made by another definition of the projection (row, event types, version"
                + " or schema), and is served as it is: rebuild the view");
      }
      if ((generation.live() || generation.previous()) && generation.current())
        wanted.add(generation.number());
    }
    keep(wanted);
    if (work.projection().hasEffects() && effects == null)
      effects = runners.ofEffects().build().start();
  }

  private void keep(Set<Integer> wanted) {
    for (int generation : wanted)
      kept.computeIfAbsent(generation, number -> runners.generation(number).build().start());
    for (int generation : Set.copyOf(kept.keySet())) {
      if (!wanted.contains(generation))
        Objects.requireNonNull(kept.remove(generation)).close();
    }
  }

  /** Finishes what is in hand, and stops. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kept.values().forEach(Runner::close);
    var elsewhere = effects;
    if (elsewhere != null)
      elsewhere.close();
  }
}
