package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.publish.Publisher;
import dev.millrace.view.Projection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Views are made anew, compared, switched and undone over the admin API. */
class RebuildApiTest {
  private final Backend backend = new Backend();
  private MillraceRuntime runtime;
  private Http http;

  @BeforeEach
  void start() {
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(backend.sales.countryRevenue)
        .start();
    http = new Http(runtime.uri());
    publish(backend.sales.sold("1", "Germany", "tea", "10.500"),
        backend.sales.sold("2", "Germany", "cup", "-0.500"),
        backend.sales.sold("3", "France", "tea", "3.000"));
    await().until(() -> view().get("events").asLong() == 3);
  }

  @AfterEach
  void stop() {
    http.close();
    runtime.close();
    backend.close();
  }

  private void publish(Sold... sales) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      List.of(sales).forEach(sold -> publisher.publish(sold).join());
    }
  }

  private JsonNode view() {
    return http.get("/views").json().get(0);
  }

  private JsonNode post(String path, String body) {
    var answer = http.post(path, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  /** Begins a rebuild, and looks on until it has read all. */
  private JsonNode rebuilt() {
    post("/rebuilds/country-revenue", "{}");
    return http.get("/rebuilds/country-revenue/progress").lines().reduce((_, last) -> last).orElseThrow();
  }

  @Test
  void a_view_is_rebuilt_verified_promoted_and_rolled_back_while_it_is_read() {
    var plan = http.get("/rebuilds/country-revenue/plan").json();
    assertThat(plan.get("rows").asInt()).isEqualTo(2);
    assertThat(plan.get("records").asInt()).isGreaterThanOrEqualTo(3);
    assertThat(plan.get("spills").asBoolean()).isFalse();
    var done = new AtomicBoolean();
    var reader = CompletableFuture.runAsync(() -> {
      long orders = 0;
      while (!done.get() && !Thread.currentThread().isInterrupted()) {
        var answer = http.get("/views/country-revenue/Germany");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().get("orders").asLong()).isGreaterThanOrEqualTo(orders);
        orders = answer.json().get("orders").asLong();
      }
    });

    try {
      rebuildAndPromote();
    } finally {
      done.set(true);
    }
    reader.join();

    assertThat(post("/generations/country-revenue/drop", "{\"generation\": 1}").get("dropped").asInt())
        .isEqualTo(1);
    var left = http.get("/generations/country-revenue").json();
    assertThat(left.findValuesAsText("generation")).containsExactly("2");
    assertThat(left.get(0).get("live").asBoolean()).isTrue();
    await().until(() -> http.get("/health/readiness").status() == 200);
  }

  private void rebuildAndPromote() {
    var last = rebuilt();
    assertThat(last.get("phase").asText()).isEqualTo("FOLLOWING");
    assertThat(last.get("records").asLong()).isEqualTo(3);
    assertThat(last.get("generation").asInt()).isEqualTo(2);
    var found = http.get("/generations/country-revenue/comparison").json();
    assertThat(found.get("asExpected").asBoolean()).isTrue();
    assertThat(found.get("otherRows").asInt()).isEqualTo(2);
    assertThat(post("/generations/country-revenue/promote", "{}").get("live").asInt()).isEqualTo(2);
    assertThat(http.get("/rebuilds").json()).isEmpty();
    publish(backend.sales.sold("4", "Germany", "tea", "1.000"));
    await().until(() -> view().get("events").asLong() == 4);
    assertThat(view().get("generation").asInt()).isEqualTo(2);
    assertThat(post("/generations/country-revenue/rollback", "{}").get("live").asInt()).isEqualTo(1);
    assertThat(http.get("/views/country-revenue/Germany").json().get("orders").asInt()).isEqualTo(3);
    assertThat(post("/generations/country-revenue/promote", "{\"generation\": 2}").get("live").asInt())
        .isEqualTo(2);
  }

  @Test
  void a_rebuild_that_was_begun_is_gone_on_with_after_a_restart_and_cancelled() {
    post("/rebuilds/country-revenue", "{\"perSecond\": 1}");
    assertThat(post("/rebuilds/country-revenue/pause", "{}").get("paused").asBoolean()).isTrue();
    assertThat(http.post("/rebuilds/country-revenue", "{}").status()).isEqualTo(400);
    http.close();
    runtime.close();

    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(backend.sales.countryRevenue)
        .start();
    http = new Http(runtime.uri());
    await().until(() -> http.get("/rebuilds").json().size() == 1);
    assertThat(http.get("/rebuilds/country-revenue").json().get("generation").asInt()).isEqualTo(2);
    assertThat(post("/rebuilds/country-revenue/throttle", "{\"perSecond\": 1000}").get("view").asText())
        .isEqualTo("country-revenue");
    assertThat(post("/rebuilds/country-revenue/resume", "{}").get("paused").asBoolean()).isFalse();
    assertThat(post("/rebuilds/country-revenue/cancel", "{}").get("cancelled").asInt()).isEqualTo(2);
    assertThat(http.get("/rebuilds/country-revenue").status()).isEqualTo(404);
    assertThat(http.get("/generations/country-revenue").json()).hasSize(1);
  }

  @Test
  void a_view_is_held_against_its_log_and_shown_as_it_was() {
    var audit = http.get("/generations/country-revenue/audit").json();
    assertThat(audit.get("asExpected").asBoolean()).isTrue();
    assertThat(audit.get("liveRows").asInt()).isEqualTo(2);

    var none = http.get("/generations/country-revenue/as-of?at=2001-01-01T00:00:00Z").json();
    assertThat(none.get("rows")).isEmpty();
    var all = http.get("/generations/country-revenue/as-of?at=end&filter=country:eq:France").json();
    assertThat(all.get("rows").get(0).get("net").asText()).isEqualTo("3.000");
    var since = http.get("/generations/country-revenue/as-of/comparison?at=start").json();
    assertThat(since.get("different").asInt()).isEqualTo(2);
    assertThat(since.get("examples").get(0).get("fields").toString()).contains("net");
  }

  @Test
  void views_are_audited_again_and_again_where_that_is_wanted() {
    http.close();
    runtime.close();
    runtime = MillraceRuntime.builder().settings(backend.settings().auditMinutes(60).build())
        .projection(backend.sales.countryRevenue).start();
    http = new Http(runtime.uri());

    await().untilAsserted(() -> assertThat(http.get("/prometheus").text())
        .containsPattern("millrace_view_audit_different\\{.*view=\"country-revenue\".*} 0\\.0"));
  }

  @Test
  void a_view_whose_definition_has_changed_is_served_as_it_is_and_rebuilds_itself_where_that_is_wanted() {
    var changed = Projection.named("country-revenue")
        .of(Sold.CountryRevenue.class, Sold.CountryRevenue::none)
        .version(2).changes("net")
        .on(backend.sales.type, Sold::country, (row, sold) -> row.plus(sold.total().negate())).build();
    restart(changed, false);
    await().until(() -> view().get("state").asText().equals("REBUILD_NEEDED"));
    assertThat(view().get("message").asText()).contains("rebuild the view");
    assertThat(http.get("/views/country-revenue/France").json().get("net").asText()).isEqualTo("3.000");
    await().until(() -> http.get("/health/readiness").status() == 200);

    restart(changed, true);
    await().until(() -> view().get("generation").asInt() == 2);
    assertThat(http.get("/views/country-revenue/France").json().get("net").asText()).isEqualTo("-3.000");
    await().until(() -> view().get("state").asText().equals("RUNNING"));
  }

  private void restart(Projection<?> projection, boolean autoRebuild) {
    http.close();
    runtime.close();
    runtime = MillraceRuntime.builder()
        .settings(backend.settings().autoRebuild(autoRebuild).build()).projection(projection)
        .start();
    http = new Http(runtime.uri());
  }
}
