package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.publish.Publisher;
import dev.millrace.view.Projection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestMethodOrder(OrderAnnotation.class)
class DeadLettersApiTest {
  private static volatile boolean broken = true;

  private static Backend backend;
  private static MillraceRuntime runtime;
  private static Http http;

  private static Sold.CountryRevenue fold(Sold.CountryRevenue row, Sold sold) {
    if (sold.item().equals("poison") || (broken && sold.item().equals("bug")))
      throw new IllegalStateException("no price for " + sold.item());
    return row.plus(sold.total());
  }

  /** Two keys that a bug stops, with one behind each; one key that nothing mends, with one behind it. */
  @BeforeAll
  static void start() {
    backend = new Backend();
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(Projection.named("country-revenue")
            .of(Sold.CountryRevenue.class, Sold.CountryRevenue::none)
            .on(backend.sales.type, Sold::country, DeadLettersApiTest::fold).build())
        .start();
    http = new Http(runtime.uri());
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      for (var sale : new String[][]{{"1", "bug"}, {"1", "tea"}, {"2", "bug"}, {"2", "tea"}, {"3", "poison"},
          {"3", "tea"}, {"4", "tea"}})
        publisher.publish(backend.sales.sold(sale[0], "Germany", sale[1], "1.000")).join();
    }
    await().until(() -> parked() == 6);
  }

  @AfterAll
  static void stop() {
    http.close();
    runtime.close();
    backend.close();
  }

  private static int parked() {
    return http.get("/views").json().get(0).get("parked").asInt();
  }

  private static String germany() {
    return http.get("/views/country-revenue/Germany").json().get("net").asText();
  }

  @Test
  @Order(1)
  void tells_the_causes_the_records_and_what_is_in_them() {
    var causes = http.get("/dead-letters/country-revenue");
    var records = http.get("/dead-letters/country-revenue/records?key=1&limit=1");
    var contents = http.get("/dead-letters/country-revenue/contents?key=1&limit=2");

    assertThat(causes.json()).singleElement().satisfies(cause -> {
      assertThat(cause.get("reason").asText()).isEqualTo("FOLD_FAILED");
      assertThat(cause.get("records").asInt()).isEqualTo(3);
      assertThat(cause.get("keys").asInt()).isEqualTo(3);
      assertThat(cause.get("waiting").asInt()).isEqualTo(3);
    });
    assertThat(records.json().get("records").findValuesAsText("reason")).containsExactly("FOLD_FAILED");
    var next = http.get("/dead-letters/country-revenue/records?key=1&limit=1&page="
        + Http.encoded(records.json().get("next").asText())).json();
    assertThat(next.get("records").findValuesAsText("reason")).containsExactly("FOLLOWS");
    assertThat(next.get("next").isNull()).isTrue();
    assertThat(contents.json().get(0).get("event").get("item").asText()).isEqualTo("bug");
    assertThat(contents.json().get(0).get("envelope").get("source").asText()).isEqualTo("/test");
    assertThat(contents.json().get(0).get("stack").asText()).contains("DeadLettersApiTest.fold");
    assertThat(contents.json().get(1).get("event").get("item").asText()).isEqualTo("tea");
  }

  @ParameterizedTest
  @Order(2)
  @CsvSource(delimiter = '|', value = {
      "/dead-letters/none/redrive|{\"all\":true}|404|unknown-view",
      "/dead-letters/country-revenue/redrive|{}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"key\":\"1\",\"all\":true}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"all\":\"yes\"}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"dryrun\":true}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"rate\":0}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"rate\":\"1\"}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"key\":1}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"key\":\"none\"}|404|unknown-dead-letter",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"reason\":\"x\"}|400|bad-request",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"after\":\"x\"}|400|bad-page",
      "/dead-letters/country-revenue/redrive|{\"all\":true,\"generation\":7}|503|view-not-built",
      "/dead-letters/country-revenue/redrive|[1]|400|bad-request",
      "/dead-letters/country-revenue/redrive|{|400|bad-request",
      "/dead-letters/country-revenue/discard|{\"all\":true,\"by\":\"me\"}|400|bad-request",
      "/dead-letters/country-revenue/discard|{\"all\":true,\"reason\":\" \",\"by\":\"me\"}|400|bad-request",
      "/dead-letters/country-revenue/discard|{\"all\":true,\"reason\":\"x\"}|400|bad-request"})
  void refuses_what_it_cannot_understand_and_changes_nothing(String path, String body, int status,
      String code) {
    var answer = http.post(path, body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.type()).startsWith("application/problem+json");
    assertThat(answer.json().get("code").asText()).isEqualTo(code);
    assertThat(parked()).isEqualTo(6);
  }

  @Test
  @Order(3)
  void takes_no_form_of_another_site() {
    var answer = http.post("/dead-letters/country-revenue/redrive", "text/plain", "{\"all\":true}");

    assertThat(answer.status()).isEqualTo(415);
    assertThat(http.get("/dead-letters/country-revenue/records?limit=0").json().get("code").asText())
        .isEqualTo("bad-limit");
    assertThat(http.get("/dead-letters/country-revenue/contents?key=none").status()).isEqualTo(404);
  }

  @Test
  @Order(4)
  void redrives_what_goes_through_and_tells_what_does_not() {
    broken = false;

    var told = http.post("/dead-letters/country-revenue/redrive", "{\"all\":true,\"dryRun\":true}").json();
    assertThat(parked()).isEqualTo(6);
    var done = http.post("/dead-letters/country-revenue/redrive", "{\"all\":true,\"rate\":1000}").json();

    assertThat(done).isEqualTo(told);
    assertThat(done.get("queues").findValuesAsText("redriven")).containsExactly("2", "2", "0");
    assertThat(done.get("queues").findValuesAsText("parked")).containsExactly("0", "0", "2");
    assertThat(done.get("queues").get(2).get("message").asText()).contains("no price for poison");
    assertThat(done.get("next").isNull()).isTrue();
    assertThat(parked()).isEqualTo(2);
    assertThat(germany()).isEqualTo("5.000");
  }

  @Test
  @Order(5)
  void discards_what_nothing_mends_and_says_who_did_and_why() {
    var done = http.post("/dead-letters/country-revenue/discard",
        "{\"key\":\"3\",\"reason\":\"never sold\",\"by\":\"ada\"}").json();

    assertThat(done.get("queues").findValuesAsText("discarded")).containsExactly("1");
    assertThat(done.get("queues").findValuesAsText("redriven")).containsExactly("1");
    assertThat(parked()).isZero();
    assertThat(germany()).isEqualTo("6.000");
    assertThat(http.get("/dead-letters/country-revenue/discarded").json()).singleElement().satisfies(one -> {
      assertThat(one.get("discardedBy").asText()).isEqualTo("ada");
      assertThat(one.get("discardedBecause").asText()).isEqualTo("never sold");
    });
  }
}
