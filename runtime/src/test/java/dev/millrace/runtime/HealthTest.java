package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.dev.DevPostgres;
import dev.millrace.publish.Publisher;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
  private final Backend backend = new Backend();
  @TempDir
  Path folder;
  private DevPostgres views;
  private MillraceRuntime runtime;
  private Http http;

  @BeforeEach
  void start() {
    views = DevPostgres.builder().dataDir(folder.resolve("pg")).start();
    runtime = MillraceRuntime.builder().settings(backend.settings(views).build())
        .projection(Sold.CountryRevenue.VIEW).start();
    http = new Http(runtime.uri());
  }

  @AfterEach
  void stop() {
    http.close();
    runtime.close();
    views.close();
    backend.close();
  }

  @Test
  void health_follows_the_database_down_and_up_again_and_nothing_is_lost() {
    publish("1");
    eventually(() -> orders() == 1);
    assertThat(part("log")).isEqualTo("UP");
    assertThat(part("registry")).isEqualTo("UP");
    assertThat(part("database")).isEqualTo("UP");
    assertThat(part("view:country-revenue")).isEqualTo("UP");
    assertThat(http.get("/health/readiness").status()).isEqualTo(200);

    int port = views.port();
    views.close();
    publish("2");

    eventually(() -> part("database").equals("DOWN"));
    var ready = http.get("/health/readiness");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.text()).contains("127.0.0.1:" + port, "millrace.postgres.url");
    assertThat(http.get("/health/liveness").status()).isEqualTo(200);
    var problem = http.get("/views/country-revenue/Germany");
    assertThat(problem.status()).isEqualTo(503);
    assertThat(problem.json().get("code").asText()).isEqualTo("unreachable");
    eventually(() -> state().equals("RETRYING"));
    assertThat(http.get("/views").status()).isEqualTo(200);

    views = DevPostgres.builder().dataDir(folder.resolve("pg")).port(port).start();

    eventually(() -> http.get("/health/readiness").status() == 200);
    eventually(() -> orders() == 2);
    eventually(() -> state().equals("RUNNING"));
  }

  @Test
  void prometheus_reads_the_lag_and_freshness_of_every_view() {
    publish("1");
    eventually(() -> orders() == 1);

    var metrics = http.get("/prometheus");

    assertThat(metrics.status()).isEqualTo(200);
    eventually(
        () -> http.get("/prometheus").text().contains("millrace_view_rows{view=\"country-revenue\"} 1.0"));
    assertThat(http.get("/prometheus").text()).contains("millrace_view_lag{view=\"country-revenue\"} 0.0")
        .contains("millrace_view_freshness_seconds{view=\"country-revenue\"} 0.0")
        .contains("millrace_view_running{view=\"country-revenue\"} 1.0")
        .contains("millrace_view_parked{view=\"country-revenue\"} 0.0")
        .contains("http_server_requests_seconds").contains("jvm_memory_used_bytes");
  }

  @Test
  void prometheus_says_how_far_behind_a_view_is_while_it_cannot_write() throws Exception {
    publish("1");
    eventually(() -> orders() == 1);

    try (var connection = views.dataSource().getConnection(); var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE millrace.checkpoint IN SHARE MODE"); // reading goes on, writing waits
      publish("2");
      publish("3");

      eventually(() -> figure("lag") == 2);
      assertThat(figure("freshness_seconds")).isPositive();
      connection.rollback();
    }

    eventually(() -> figure("lag") == 0 && figure("events") == 3);
  }

  private double figure(String name) {
    var series = "millrace_view_" + name + "{view=\"country-revenue\"} ";
    return http.get("/prometheus").text().lines().filter(line -> line.startsWith(series)).findFirst()
        .map(line -> Double.parseDouble(line.substring(series.length()))).orElse(Double.NaN);
  }

  private void publish(String orderId) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      publisher.publish(Sold.of(orderId, "Germany", "tea", "1.000")).join();
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

  private static void eventually(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(condition);
  }
}
