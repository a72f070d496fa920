package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.publish.Publisher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How fresh views are to be, and what becomes of it where they are not. */
class ViewSloTest {
  private static Backend backend;

  @BeforeAll
  static void start() {
    backend = new Backend();
  }

  @AfterAll
  static void stop() {
    backend.close();
  }

  private static MillraceRuntime runtime(String slo, boolean inReadiness) {
    return MillraceRuntime.builder()
        .settings(
            backend.settings().freshnessSlo(slo).freshnessSloInReadiness(inReadiness).build())
        .projection(backend.sales.countryRevenue).projection(backend.sales.itemDays).start();
  }

  @Test
  void a_view_that_is_less_fresh_than_promised_is_told_by_a_metric_and_keeps_the_process_from_being_ready()
      throws Exception {
    try (var runtime = runtime("60m, country-revenue=300ms", true); var http = new Http(runtime.uri())) {
      sell(runtime, "1");
      await().until(() -> met(http, "country-revenue") == 1 && ready(http) == 200);
      assertThat(figure(http, "slo_seconds", "country-revenue")).isEqualTo(0.3);
      assertThat(figure(http, "slo_seconds", "item-days")).isEqualTo(3_600);

      try (var connection = backend.views.getConnection();
          var statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("LOCK TABLE millrace.checkpoint IN SHARE MODE"); // reading goes on, writing waits
        sell(runtime, "2");

        await().until(() -> met(http, "country-revenue") == 0 && ready(http) == 503);
        assertThat(met(http, "item-days")).isEqualTo(1);
        assertThat(figure(http, "event_freshness_seconds", "country-revenue")).isGreaterThan(0.3);
        var part = part(http, "freshness:country-revenue");
        assertThat(part.path("status").asText()).isEqualTo("DOWN");
        assertThat(part.path("details").path("ageMillis").asLong()).isGreaterThan(300);
        assertThat(part.path("details").path("sloMillis").asLong()).isEqualTo(300);
        assertThat(part(http, "freshness:item-days").path("status").asText()).isEqualTo("UP");
        assertThat(part(http, "view:country-revenue").path("status").asText()).isEqualTo("UP");
        connection.rollback();
      }

      await().until(() -> met(http, "country-revenue") == 1 && ready(http) == 200);
    }
  }

  @Test
  void readiness_does_not_depend_on_freshness_unless_that_is_asked_for() throws Exception {
    try (var runtime = runtime("item-days=300ms", false); var http = new Http(runtime.uri())) {
      sell(runtime, "3");
      await().until(() -> met(http, "item-days") == 1);

      try (var connection = backend.views.getConnection();
          var statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("LOCK TABLE millrace.checkpoint IN SHARE MODE");
        sell(runtime, "4");

        await().until(() -> met(http, "item-days") == 0);
        await().until(() -> ready(http) == 200);
        assertThat(met(http, "item-days")).isZero();
        assertThat(http.get("/prometheus").text()).doesNotContain("slo_met{view=\"country-revenue\"}");
        connection.rollback();
      }
    }
  }

  @Test
  void a_promise_for_a_view_that_is_not_there_is_refused_with_those_that_are() {
    var refused = catchThrowableOfType(StartException.class,
        () -> runtime("country-revenu=5s", false).close());

    assertThat(refused.faults()).singleElement().asString().contains("millrace.views.freshness-slo",
        "'country-revenu'", "country-revenue, item-days");
  }

  private static void sell(MillraceRuntime runtime, String orderId) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      publisher.publish(backend.sales.sold(orderId, "Germany", "tea", "1.000")).join();
    }
  }

  private static double met(Http http, String view) {
    return figure(http, "slo_met", view);
  }

  private static double figure(Http http, String name, String view) {
    var series = "millrace_view_" + name + "{view=\"" + view + "\"} ";
    return http.get("/prometheus").text().lines().filter(line -> line.startsWith(series)).findFirst()
        .map(line -> Double.parseDouble(line.substring(series.length()))).orElse(Double.NaN);
  }

  private static int ready(Http http) {
    return http.get("/health/readiness").status();
  }

  private static JsonNode part(Http http, String name) {
    return http.get("/health/readiness").json().path("details").path(name);
  }
}
