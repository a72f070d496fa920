package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.dev.DevPostgres;
import dev.millrace.publish.Publisher;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
  private final Backend backend = new Backend();
  @SuppressWarnings("NullAway.Init") // set by start
  private MillraceRuntime runtime;
  @SuppressWarnings("NullAway.Init") // set by start
  private Http http;

  private void start(Settings settings) {
    runtime = MillraceRuntime.builder().settings(settings).projection(backend.sales.countryRevenue).start();
    http = new Http(runtime.uri());
  }

  @AfterEach
  void stop() {
    http.close();
    runtime.close();
    backend.close();
  }

  @Test
  void health_follows_the_database_down_and_up_again_and_nothing_is_lost(@TempDir Path folder) {
    int port;
    try (var views = DevPostgres.builder().dataDir(folder).start()) {
      port = views.port();
      start(backend.settings().postgres(views.jdbcUrl(), DevPostgres.USER, "").build());
      publish("1");
      await().until(() -> orders() == 1);
      await().untilAsserted(() -> {
        assertThat(part("log")).isEqualTo("UP");
        assertThat(part("registry")).isEqualTo("UP");
        assertThat(part("database")).isEqualTo("UP");
        assertThat(part("view:country-revenue")).isEqualTo("UP");
        assertThat(http.get("/health/readiness").status()).isEqualTo(200);
      });
    }
    publish("2");

    await().until(() -> part("database").equals("DOWN"));
    var ready = http.get("/health/readiness");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.text()).contains("127.0.0.1:" + port, "millrace.postgres.url");
    assertThat(http.get("/health/liveness").status()).isEqualTo(200);
    var problem = http.get("/views/country-revenue/Germany");
    assertThat(problem.status()).isEqualTo(503);
    assertThat(problem.json().get("code").asText()).isEqualTo("unreachable");
    await().until(() -> state().equals("RETRYING"));
    assertThat(http.get("/views").status()).isEqualTo(200);

    try (var _ = DevPostgres.builder().dataDir(folder).port(port).start()) {
      await().until(() -> http.get("/health/readiness").status() == 200);
      await().until(() -> orders() == 2);
      await().until(() -> state().equals("RUNNING"));
    }
  }

  @Test
  void prometheus_reads_the_lag_and_freshness_of_every_view() {
    start(backend.settings().build());
    publish("1");
    await().until(() -> orders() == 1);

    var metrics = http.get("/prometheus");

    assertThat(metrics.status()).isEqualTo(200);
    await().until(
        () -> http.get("/prometheus").text().contains("millrace_view_rows{view=\"country-revenue\"} 1.0"));
    assertThat(http.get("/prometheus").text()).contains("millrace_view_lag{view=\"country-revenue\"} 0.0")
        .contains("millrace_view_freshness_seconds{view=\"country-revenue\"} 0.0")
        .contains("millrace_view_running{view=\"country-revenue\"} 1.0")
        .contains("millrace_view_parked{view=\"country-revenue\"} 0.0")
        .contains("http_server_requests_seconds").contains("jvm_memory_used_bytes");
  }

  @Test
  void prometheus_says_how_far_behind_a_view_is_while_it_cannot_write() throws Exception {
    start(backend.settings().build());
    publish("1");
    await().until(() -> orders() == 1);

    try (var connection = backend.views.getConnection(); var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE millrace.checkpoint IN SHARE MODE"); // reading goes on, writing waits
      publish("2");
      publish("3");

      await().until(() -> figure("lag") == 2);
      assertThat(figure("freshness_seconds")).isPositive();
      connection.rollback();
    }

    await().until(() -> figure("lag") == 0 && figure("events") == 3);
  }

  private double figure(String name) {
    var series = "millrace_view_" + name + "{view=\"country-revenue\"} ";
    return http.get("/prometheus").text().lines().filter(line -> line.startsWith(series)).findFirst()
        .map(line -> Double.parseDouble(line.substring(series.length()))).orElse(Double.NaN);
  }

  private void publish(String orderId) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      publisher.publish(backend.sales.sold(orderId, "Germany", "tea", "1.000")).join();
    }
  }

  private int orders() {
    return http.get("/views/country-revenue/Germany").json().path("orders").asInt(-1);
  }

  private String state() {
    return details().path("view:country-revenue").path("details").path("state").asText();
  }

  private String part(String name) {
    return details().path(name).path("status").asText();
  }

  private JsonNode details() {
    return http.get("/health/readiness").json().path("details");
  }
}
