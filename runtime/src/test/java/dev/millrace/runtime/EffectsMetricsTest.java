package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.publish.Publisher;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EffectsMetricsTest {
  private final CompletableFuture<Void> letGo = new CompletableFuture<>();
  private final Projection<Sold.CountryRevenue> view = Projection.named("revenue-with-effects")
      .of(Sold.CountryRevenue.class, (String country) -> new Sold.CountryRevenue(country, 0, BigDecimal.ZERO))
      .on(Sold.TYPE, Sold::country, (row, sold) -> row.plus(sold.total()))
      .effect(Sold.TYPE, (sold, record, connection) -> {
        if (sold.orderId().equals("3"))
          throw new IllegalArgumentException("no effect for this one");
        letGo.join();
      }).build();

  @Test
  void how_far_the_effects_are_is_told_beside_how_far_the_view_is() {
    try (var backend = new Backend();
        var runtime = MillraceRuntime.builder().settings(backend.settings(backend.postgres).build())
            .projection(view).projection(Sold.CountryRevenue.VIEW).start();
        var http = new Http(runtime.uri())) {
      try {
        eventually(() -> figure(http, "effects_lag") == 0); // they begin where the log ends now
        sell(runtime, "1", "Germany");
        sell(runtime, "2", "Germany");

        eventually(() -> figure(http, "effects_lag") == 2 && figure(http, "lag") == 0);
        assertThat(figure(http, "effects_freshness_seconds")).isPositive();
        sell(runtime, "3", "France");
      } finally {
        letGo.complete(null);
      }
      eventually(() -> figure(http, "effects_lag") == 0 && figure(http, "effects_parked") == 1);
      assertThat(figure(http, "effects_freshness_seconds")).isZero();
      assertThat(http.get("/prometheus").text()).doesNotContain("effects_lag{view=\"country-revenue\"}");
    }
  }

  private static double figure(Http http, String name) {
    var series = "millrace_view_" + name + "{view=\"revenue-with-effects\"} ";
    return http.get("/prometheus").text().lines().filter(line -> line.startsWith(series)).findFirst()
        .map(line -> Double.parseDouble(line.substring(series.length()))).orElse(Double.NaN);
  }

  private static void sell(MillraceRuntime runtime, String orderId, String country) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      publisher.publish(Sold.of(orderId, country, "tea", "1.000")).join();
    }
  }

  private static void eventually(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(condition);
  }
}
