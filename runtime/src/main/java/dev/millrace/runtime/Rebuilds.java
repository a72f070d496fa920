package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.view.Comparison;
import dev.millrace.view.Generation;
import dev.millrace.view.Generations;
import dev.millrace.view.Projection;
import dev.millrace.view.Rebuild;
import dev.millrace.view.RebuildProgress;
import dev.millrace.view.RebuildProgress.Phase;
import dev.millrace.view.ViewException;
import dev.millrace.view.ViewStatus.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rebuilds that this process does, by the name of their view. Safe for many threads. */
@Singleton
final class Rebuilds {
  private static final Logger LOG = LoggerFactory.getLogger(Rebuilds.class);

  private static final Duration TELL_AFTER = Duration.ofMinutes(1);

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<String, Rebuild> open = new ConcurrentHashMap<>();
  private final Views views;
  private final EventLog log;
  private final EventCodec codec;
  private final DataSource database;
  private final Settings settings;
  private final Clock clock;

  Rebuilds(Views views, EventLog log, EventCodec codec, DataSource database, MeterRegistry registry,
      Settings settings,
      Clock clock) {
    this.views = views;
    this.log = log;
    this.codec = codec;
    this.database = database;
    this.settings = settings;
    this.clock = clock;
    for (var view : views.all()) {
      gauge(registry, view.name(), "records", "records that the view's rebuild has read",
          RebuildProgress::records);
      gauge(registry, view.name(), "records.per.second", "how many it reads a second",
          RebuildProgress::perSecond);
      gauge(registry, view.name(), "spilled.bytes", "bytes that do not fit in its memory",
          RebuildProgress::spilled);
    }
  }

  private void gauge(MeterRegistry registry, String view, String name, String description,
      ToDoubleFunction<RebuildProgress> figure) {
    Gauge.builder("millrace.rebuild." + name, this, rebuilds -> {
      var rebuild = rebuilds.open.get(view);
      return rebuild == null ? Double.NaN : figure.applyAsDouble(rebuild.progress());
    }).tag("view", view).description(description).register(registry);
  }

  /** The settings of a rebuild of a view. */
  Rebuild.Builder of(String view) {
    return Rebuild.of(projection(view)).log(log).codec(codec).database(database).clock(clock)
        .parkAtMost(settings.parking());
  }

  private Projection<?> projection(String view) {
    return views.named(view).model().projection();
  }

  Generations generations(String view) {
    return new Generations(projection(view), log, database);
  }

  /** @throws ViewException REFUSED where one is at work already, here or elsewhere */
  Rebuild start(String view, Rebuild.Builder settings) {
    if (open.containsKey(view))
      throw new ViewException(ViewException.Code.REFUSED,
          "a rebuild of " + view + " is at work here already: GET /rebuilds/"
              + view + " tells how far it is");
    var rebuild = settings.start();
    open.put(view, rebuild);
    return rebuild;
  }

  /** Goes on with what an earlier process has begun; and rebuilds by itself what asks for it, where that is wanted. */
  void begin(String view) {
    if (settings.autoRebuild())
      Thread.ofVirtual().name("auto-rebuild-" + view).start(() -> keepBuilt(view));
    else
      goOn(view);
  }

  private void goOn(String view) {
    try {
      if (generations(view).all().stream().anyMatch(one -> one.current() && one.filling().isPresent()))
        start(view, of(view));
    } catch (ViewException e) {
      // Another instance does it, or the database is not there: then it is begun again by whoever asks for it.
      LOG.info("a rebuild of {} is not gone on with here: {}", view, e.getMessage());
    }
  }

  private void keepBuilt(String view) {
    try {
      while (!stopping.await(1, TimeUnit.SECONDS)) {
        if (views.named(view).keeper().health().state() == State.REBUILD_NEEDED && !rebuildItself(view))
          return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** False where it is for people to say what is to be done. */
  private boolean rebuildItself(String view) {
    try {
      var rebuild = open.get(view);
      (rebuild == null ? start(view, of(view)) : rebuild).awaitCaughtUp(TELL_AFTER);
      promote(view, candidate(view), false);
      LOG.info("{} is rebuilt and promoted: its definition had changed", view);
      return true;
    } catch (ViewException e) {
      if (e.fault() == Fault.EXTERNAL || stopping.getCount() == 0)
        return true; // to be gone on with
      LOG.error("{} was rebuilt, as its definition has changed, and is not promoted: {}", view,
          e.getMessage());
      return false;
    }
  }

  Collection<Rebuild> all() {
    return List.copyOf(open.values());
  }

  /** @throws ProblemException UNKNOWN_REBUILD */
  Rebuild named(String view) {
    var rebuild = open.get(views.named(view).name());
    if (rebuild == null) {
      throw new ProblemException(Problem.Code.UNKNOWN_REBUILD,
          "this instance does no rebuild of " + view + ": POST /rebuilds/" + view + " begins one");
    }
    return rebuild;
  }

  /** The generation that is to be promoted where none is named: the one of the rebuild, or the newest that was never live. */
  int candidate(String view) {
    var rebuild = open.get(view);
    if (rebuild != null)
      return rebuild.generation();
    return generations(view).all().stream().filter(one -> one.filling().equals(Optional.of(Phase.FOLLOWING)))
        .map(Generation::number).reduce((_, last) -> last)
        .orElseThrow(() -> new ProblemException(Problem.Code.UNKNOWN_REBUILD,
            view + " has no generation that was rebuilt and not promoted: POST /rebuilds/" + view
                + " begins one"));
  }

  Comparison compare(String view, int generation) {
    var rebuild = open.get(view);
    return rebuild != null && rebuild.generation() == generation
        ? rebuild.compare()
        : generations(view).compare(generation);
  }

  /** Makes a generation the live one; from here on the view's keeper keeps it, and the one before. */
  void promote(String view, int generation, boolean unverified) {
    var rebuild = open.get(view);
    if (unverified)
      generations(view).promoteUnverified(generation);
    else if (rebuild != null && rebuild.generation() == generation)
      rebuild.promote();
    else
      generations(view).promote(generation);
    views.named(view).keeper().look();
    if (rebuild != null && rebuild.generation() == generation)
      close(view);
  }

  /** Takes a generation away, after whoever keeps it here has let go of it. */
  void drop(String view, int generation) {
    var rebuild = open.get(view);
    if (rebuild != null && rebuild.generation() == generation) {
      cancel(view);
      return;
    }
    generations(view).forgetPrevious(generation);
    views.named(view).keeper().look();
    generations(view).drop(generation);
  }

  /** Gives a rebuild up, and all that it has done. */
  void cancel(String view) {
    var rebuild = named(view);
    rebuild.cancel();
    open.remove(view, rebuild);
  }

  /** Rebuilds nothing by itself any more. */
  @PreDestroy
  void stop() {
    stopping.countDown();
  }

  /** Stops a rebuild, to be gone on with by whoever begins it again. */
  void close(String view) {
    var rebuild = open.remove(view);
    if (rebuild != null)
      rebuild.close();
  }
}
