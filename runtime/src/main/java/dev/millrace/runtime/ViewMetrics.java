package dev.millrace.runtime;

import dev.millrace.view.ViewStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Tells the metrics how every view is. All figures of one scrape come from one question to the database and the log. */
@Singleton
final class ViewMetrics {
  private final ViewStatuses statuses;
  private final ViewSlo slo;

  ViewMetrics(MeterRegistry registry, Views views, ViewStatuses statuses, ViewSlo slo) {
    this.statuses = statuses;
    this.slo = slo;
    for (var view : views.all()) {
      gauge(registry, view, "lag", "records that the view has not read yet; an upper bound", ViewStatus::lag);
      gauge(registry, view, "freshness.seconds",
          "how old the newest thing is that the view does not show, since the log took it",
          status -> status.freshness().toMillis() / 1_000.0);
      gauge(registry, view, "event.freshness.seconds",
          "how far the view is behind by the times at which the events happened",
          status -> status.eventFreshness().toMillis() / 1_000.0);
      gauge(registry, view, "rows", "rows of the view", ViewStatus::rows);
      gauge(registry, view, "events", "events that the view has applied", ViewStatus::events);
      gauge(registry, view, "parked", "records kept aside because they could not be applied",
          ViewStatus::parked);
      gauge(registry, view, "generation", "the table that is live", ViewStatus::generation);
      gauge(registry, view, "running", "1 while the view reads and writes, else 0",
          status -> status.state() == ViewStatus.State.RUNNING ? 1 : 0);
      if (view.model().projection().hasEffects()) {
        ofEffects(registry, view, "lag", "records that have not had their effects yet; an upper bound",
            ViewStatus::lag);
        ofEffects(registry, view, "freshness.seconds",
            "how old the newest record is that has not had its effects, since the log took it",
            status -> status.freshness().toMillis() / 1_000.0);
        ofEffects(registry, view, "parked", "records kept aside because their effects failed",
            ViewStatus::parked);
      }
      this.slo.of(view.name()).ifPresent(promised -> {
        Gauge.builder("millrace.view.slo.seconds", () -> promised.toMillis() / 1_000.0)
            .tag("view", view.name())
            .description("how old the newest thing may be that the view does not show").register(registry);
        Gauge.builder("millrace.view.slo.met", this, metrics -> metrics.met(view.name()))
            .tag("view", view.name()).description("1 while the view is as fresh as it is to be, else 0")
            .register(registry);
      });
    }
  }

  private void gauge(MeterRegistry registry, Views.View view, String name, String description,
      ToDoubleFunction<ViewStatus> figure) {
    Gauge.builder("millrace.view." + name, this, metrics -> metrics.figure(view.name(), figure))
        .tag("view", view.name()).description(description).register(registry);
  }

  private void ofEffects(MeterRegistry registry, Views.View view, String name, String description,
      ToDoubleFunction<ViewStatus> figure) {
    Gauge
        .builder("millrace.view.effects." + name, this,
            metrics -> metrics.statuses.ofEffects(view.name()).map(figure::applyAsDouble).orElse(Double.NaN))
        .tag("view", view.name()).description(description).register(registry);
  }

  private double figure(String view, ToDoubleFunction<ViewStatus> figure) {
    return statuses.of(view).map(figure::applyAsDouble).orElse(Double.NaN);
  }

  private double met(String view) {
    return slo.standing(view).map(standing -> standing.met() ? 1.0 : 0.0).orElse(Double.NaN);
  }
}
