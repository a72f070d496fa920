package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventType;
import dev.millrace.view.Projection;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EffectsMetricsTest {
  private final CompletableFuture<Void> letGo = new CompletableFuture<>();

  private Projection<Sold.CountryRevenue> withEffects(EventType<Sold> type) {
    return Projection.named("revenue-with-effects")
        .of(Sold.CountryRevenue.class, Sold.CountryRevenue::none)
        .on(type, Sold::country, (row, sold) -> row.plus(sold.total()))
        .effect(type, (sold, record, connection) -> {
          if (sold.orderId().equals("3"))
            throw new IllegalArgumentException("no effect for this one");
          letGo.join();
        }).build();
  }

  @Test
  void how_far_the_effects_are_is_told_beside_how_far_the_view_is() {
    try (var backend = new Backend();
        var runtime = MillraceRuntime.builder().settings(backend.settings().build())
            .projection(withEffects(backend.sales.type)).projection(backend.sales.countryRevenue).start();
        var http = new Http(runtime.uri())) {
      try {
        await().until(() -> figure(http, "effects_lag") == 0); // they begin where the log ends now
        sell(runtime, backend.sales.sold("1", "Germany", "tea", "1.000"));
        sell(runtime, backend.sales.sold("2", "Germany", "tea", "1.000"));

        await().until(() -> figure(http, "effects_lag") == 2 && figure(http, "lag") == 0);
        assertThat(figure(http, "effects_freshness_seconds")).isPositive();
        sell(runtime, backend.sales.sold("3", "France", "tea", "1.000"));
      } finally {
        letGo.complete(null);
      }
      await().until(() -> figure(http, "effects_lag") == 0 && figure(http, "effects_parked") == 1);
      assertThat(figure(http, "effects_freshness_seconds")).isZero();
      assertThat(http.get("/prometheus").text()).doesNotContain("effects_lag{view=\"country-revenue\"}");
    }
  }

  private static double figure(Http http, String name) {
    var series = "millrace_view_" + name + "{view=\"revenue-with-effects\"} ";
    return http.get("/prometheus").text().lines().filter(line -> line.startsWith(series)).findFirst()
        .map(line -> Double.parseDouble(line.substring(series.length()))).orElse(Double.NaN);
  }

  private static void sell(MillraceRuntime runtime, Sold sold) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      publisher.publish(sold).join();
    }
  }
}
