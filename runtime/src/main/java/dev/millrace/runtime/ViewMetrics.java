package dev.millrace.runtime;

import dev.millrace.view.ViewStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Tells the metrics how every view is. All figures of one scrape come from one question to the database and the log. */
@Singleton
final class ViewMetrics {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Views views;
  private final ReentrantLock lock = new ReentrantLock();
  private Map<String, ViewStatus> latest = Map.of();
  private long askedAt;

  ViewMetrics(MeterRegistry registry, Views views) {
    this.views = views;
    for (var view : views.all()) {
      gauge(registry, view, "lag", "records that the view has not read yet; an upper bound", ViewStatus::lag);
      gauge(registry, view, "freshness.seconds", "how old the newest thing is that the view does not show",
          status -> status.freshness().toMillis() / 1_000.0);
      gauge(registry, view, "rows", "rows of the view", ViewStatus::rows);
      gauge(registry, view, "events", "events that the view has applied", ViewStatus::events);
      gauge(registry, view, "parked", "records kept aside because they could not be applied",
          ViewStatus::parked);
      gauge(registry, view, "generation", "the table that is live", ViewStatus::generation);
      gauge(registry, view, "running", "1 while the view reads and writes, else 0",
          status -> status.state() == ViewStatus.State.RUNNING ? 1 : 0);
    }
  }

  private void gauge(MeterRegistry registry, Views.View view, String name, String description,
      ToDoubleFunction<ViewStatus> figure) {
    Gauge.builder("millrace.view." + name, this, metrics -> metrics.figure(view.name(), figure))
        .tag("view", view.name()).description(description).register(registry);
  }

  private double figure(String view, ToDoubleFunction<ViewStatus> figure) {
    var status = statuses().get(view);
    return status == null ? Double.NaN : figure.applyAsDouble(status);
  }

  private Map<String, ViewStatus> statuses() {
    lock.lock();
    try {
      if (latest.isEmpty() || System.nanoTime() - askedAt > FRESH_NANOS) {
        latest = views.statuses().stream().collect(Collectors.toMap(ViewStatus::view, Function.identity()));
        askedAt = System.nanoTime();
      }
      return latest;
    } finally {
      lock.unlock();
    }
  }
}
