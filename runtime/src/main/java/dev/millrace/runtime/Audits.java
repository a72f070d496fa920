package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.view.Audit;
import dev.millrace.view.Comparison;
import dev.millrace.view.ViewStatus.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds each view against its log again and again, one after the other, where that is wanted, and tells the metrics what differed.
 * Safe for many threads.
 */
@Singleton
final class Audits {
  private static final Logger LOG = LoggerFactory.getLogger(Audits.class);

  private final Map<String, Result> results = new ConcurrentHashMap<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Views views;
  private final EventLog log;
  private final EventCodec codec;
  private final DataSource database;
  private final int minutes;

  /** What the last audit of a view found, and when by the clock of {@link System#nanoTime}. */
  private record Result(long different, long at) {}

  Audits(Views views, EventLog log, EventCodec codec, DataSource database, Settings settings,
      MeterRegistry registry) {
    this.views = views;
    this.log = log;
    this.codec = codec;
    this.database = database;
    this.minutes = settings.auditMinutes();
    if (minutes == 0)
      return;
    for (var view : views.all()) {
      gauge(registry, view.name(), "different",
          "rows that differ from what the log comes to, by the last audit",
          Result::different);
      gauge(registry, view.name(), "age.seconds", "how long ago the last audit was",
          result -> (System.nanoTime() - result.at) / 1e9);
    }
  }

  private void gauge(MeterRegistry registry, String view, String name, String description,
      ToDoubleFunction<Result> figure) {
    Gauge.builder("millrace.view.audit." + name, this, audits -> {
      var result = audits.results.get(view);
      return result == null ? Double.NaN : figure.applyAsDouble(result);
    }).tag("view", view).description(description).register(registry);
  }

  /** Begins, where that is wanted. */
  void start() {
    if (minutes > 0)
      Thread.ofVirtual().name("audits").start(this::run);
  }

  private void run() {
    try {
      do {
        for (var view : views.all()) {
          while (view.keeper().status().generation() == 0) {
            if (stopping.await(1, TimeUnit.SECONDS))
              return;
          }
          audit(view);
        }
      } while (!stopping.await(minutes, TimeUnit.MINUTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void audit(Views.View view) {
    if (stopping.getCount() == 0 || view.keeper().health().state() != State.RUNNING)
      return;
    try {
      var found = Audit.of(view.model().projection()).log(log).codec(codec).database(database).run();
      results.put(view.name(), new Result(found.different(), System.nanoTime()));
      if (found.different() > 0)
        LOG.error("{} differs from what its log comes to in {} rows, such as {}", view.name(),
            found.different(),
            found.examples().stream().limit(3).map(Comparison.Difference::key).toList());
    } catch (RuntimeException e) {
      LOG.warn("{} was not audited: {}", view.name(), e.getMessage(), e);
    }
  }

  @PreDestroy
  void stop() {
    stopping.countDown();
  }
}
