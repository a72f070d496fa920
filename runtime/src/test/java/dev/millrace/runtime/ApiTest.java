package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.publish.Publisher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTest {
  private static final Sales SALES = Sales.in(SharedServers.uniqueName("test.sales"));
  private static final List<Sold> SOLD = List.of(
      SALES.sold("1", "Germany", "tea", "10.500"), SALES.sold("2", "Germany", "cup", "-0.500"),
      SALES.sold("3", "France", "tea", "12345678901234567.891"),
      SALES.sold("4", "Côte d'Ivoire", "tea/mug", "1.000"),
      SALES.sold("5", "status", "a,b", "2.000"), SALES.sold("6", "EIRE", "tea", "7.125"));

  private static Backend backend;
  private static MillraceRuntime runtime;
  private static Http http;

  @BeforeAll
  static void start() {
    backend = new Backend(SharedServers.kafka().bootstrapServers(), SALES);
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(SALES.countryRevenue).projection(SALES.itemDays).start();
    http = new Http(runtime.uri());
    publish(SOLD);
    await().until(() -> http.get("/views").json().findValues("events").stream()
        .allMatch(events -> events.asLong() == SOLD.size()));
  }

  @AfterAll
  static void stop() {
    http.close();
    runtime.close();
    backend.close();
  }

  private static void publish(List<Sold> sales) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      sales.forEach(sold -> publisher.publish(sold).join());
    }
  }

  @Test
  void tells_how_every_view_is() {
    var views = http.get("/views");

    assertThat(views.status()).isEqualTo(200);
    assertThat(views.json().findValuesAsText("name")).containsExactly("country-revenue", "item-days");
    var view = views.json().get(0);
    assertThat(view.get("rows").asInt()).isEqualTo(5);
    assertThat(view.get("lag").asInt()).isZero();
    assertThat(view.get("freshnessMillis").asInt()).isZero();
    assertThat(view.get("parked").asInt()).isZero();
    assertThat(view.get("state").asText()).isEqualTo("RUNNING");
    assertThat(view.get("key").toString()).isEqualTo("[\"country\"]");
    assertThat(view.get("columns").toString()).isEqualTo("[\"country\",\"orders\",\"net\"]");
  }

  @Test
  void answers_the_row_of_a_key_with_its_decimal_exact() {
    assertThat(http.get("/views/country-revenue/Germany").text())
        .isEqualTo("{\"country\":\"Germany\",\"orders\":2,\"net\":\"10.000\"}");
    assertThat(http.get("/views/country-revenue/France").json().get("net").asText())
        .isEqualTo("12345678901234567.891");
    assertThat(
        http.get("/views/country-revenue/" + Http.encoded("Côte d'Ivoire")).json().get("orders").asInt())
        .isEqualTo(1);
  }

  @Test
  void answers_the_row_of_a_key_that_has_parts_even_with_slashes_and_commas_in_them() {
    assertThat(http.get("/views/item-days/tea/2026-01-02").json().get("sales").asInt()).isEqualTo(3);
    assertThat(
        http.get("/views/item-days/" + Http.encoded("tea/mug") + "/2026-01-02").json().get("sales").asInt())
        .isEqualTo(1);
    assertThat(http.get("/views/item-days/a,b/2026-01-02").json().get("day").asText())
        .isEqualTo("2026-01-02");
  }

  @Test
  void has_no_word_that_cannot_be_a_key() {
    assertThat(http.get("/views/country-revenue/status").json().get("country").asText()).isEqualTo("status");
  }

  @Test
  void filters_sorts_and_limits() {
    var best = http.get("/views/country-revenue?filter=orders:ge:1&filter=net:lt:1000&sort=net:desc&limit=2")
        .json();

    assertThat(best.get("rows").findValuesAsText("country")).containsExactly("Germany", "EIRE");
    assertThat(best.get("next").isTextual()).isTrue();
    assertThat(countries(http.get("/views/country-revenue?filter=country:prefix:Ger")))
        .containsExactly("Germany");
    assertThat(countries(http.get("/views/country-revenue?filter=country:eq:No:where"))).isEmpty();
  }

  @Test
  void pages_through_all_rows_without_gap_or_double() {
    var seen = new ArrayList<String>();
    var page = "";
    do {
      var rows = http.get("/views/country-revenue?limit=2&sort=orders:desc" + page);
      seen.addAll(countries(rows));
      assertThat(seen).as("pages end").hasSizeLessThanOrEqualTo(5);
      var next = rows.json().get("next");
      page = next.isNull() ? "" : "&page=" + Http.encoded(next.asText());
    } while (!page.isEmpty());

    assertThat(seen).hasSize(5).doesNotHaveDuplicates().startsWith("Germany");
  }

  private static List<String> countries(Http.Answer answer) {
    return answer.json().get("rows").findValuesAsText("country");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      /views/nope                                          | 404 | unknown-view  | country-revenue, item-days
      /views/nope/key                                      | 404 | unknown-view  | country-revenue, item-days
      /views/%27%3B%20drop%20table%20x--                   | 404 | unknown-view  | drop table
      /views/country-revenue/Atlantis                      | 404 | unknown-key   | Atlantis
      /views/country-revenue/%27%20or%20%271%27%3D%271     | 404 | unknown-key   | or
      /views/item-days/tea                                 | 400 | bad-key       | day
      /views/item-days/tea/yesterday                       | 400 | bad-key       | yesterday
      /views/country-revenue/a/b                           | 400 | bad-key       | country
      /views/country-revenue?filter=country                | 400 | bad-query     | column:operator:value
      /views/country-revenue?filter=country:like:G         | 400 | bad-query     | prefix
      /views/country-revenue?filter=nope:eq:1              | 400 | bad-query     | country
      /views/country-revenue?filter=net%3B--:eq:1          | 400 | bad-query     | country
      /views/country-revenue?filter=orders:eq:many         | 400 | bad-query     | many
      /views/country-revenue?filter=country:eq:a%00b       | 400 | bad-query     | NUL
      /views/country-revenue?sort=nope                     | 400 | bad-query     | country
      /views/country-revenue?sort=net:down                 | 400 | bad-query     | net:desc
      /views/country-revenue?sort=net%20desc%3B%20drop     | 400 | bad-query     | country
      /views/country-revenue?limit=0                       | 400 | bad-limit     | 1000
      /views/country-revenue?limit=99999999999999          | 400 | bad-limit     | 1000
      /views/country-revenue?limit=1001                    | 400 | bad-limit     | 1000
      /views/country-revenue?limit=ten                     | 400 | bad-limit     | 1000
      /views/country-revenue?limit=1&limit=2               | 400 | bad-query     | once
      /views/country-revenue?fliter=country:eq:Germany     | 400 | bad-query     | filter
      /views/country-revenue?page=garbage                  | 400 | bad-page      | page
      /views/country-revenue?page=%27%20or%201%3D1--       | 400 | bad-page      | page
      /streams/nope/records                                | 404 | unknown-stream | nope
      /streams/a%20b/records                               | 404 | unknown-stream | a b
      /streams/test.sales/records?from=yesterday           | 400 | bad-from      | start, end
      /streams/test.sales/records?from=9@1                 | 400 | bad-from      | 0, 1, 2
      /streams/test.sales/records?from=0@x                 | 400 | bad-from      | start, end
      /streams/test.sales/records?limit=0                  | 400 | bad-limit     | 100000
      /streams/test.sales/records?limit=100001             | 400 | bad-limit     | 100000
      /streams/test.sales/records?limit=x                  | 400 | bad-request   | limit
      /streams/test.sales/records?follow=maybe             | 400 | bad-request   | follow
      /nothing/here                                        | 404 | not-found     | ''
      """)
  void refuses_with_a_problem_that_says_what_would_be_right(String path, int status, String code,
      String hint) {
    var answer = http.get(path.replace("/streams/test.sales/", "/streams/" + SALES.stream() + "/"));

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.type()).startsWith("application/problem+json");
    assertThat(answer.json().get("code").asText()).isEqualTo(code);
    assertThat(answer.json().get("status").asInt()).isEqualTo(status);
    assertThat(answer.json().get("type").asText()).isEqualTo("urn:millrace:problem:" + code);
    assertThat(answer.json().get("detail").asText()).contains(hint);
  }

  @Test
  void refuses_a_page_of_another_query() {
    var next = http.get("/views/country-revenue?limit=2").json().get("next").asText();

    var answer = http.get("/views/country-revenue?limit=2&sort=net&page=" + Http.encoded(next));

    assertThat(answer.json().get("code").asText()).isEqualTo("bad-page");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void refuses_other_methods_with_a_problem(String method) {
    var answer = http.send(method, "/views/country-revenue");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.json().get("code").asText()).isEqualTo("bad-request");
  }

  @Test
  void values_that_would_be_sql_are_only_values() {
    var attack = "Germany' OR '1'='1";

    assertThat(countries(http.get("/views/country-revenue?filter=" + Http.encoded("country:eq:" + attack))))
        .isEmpty();
    assertThat(countries(http.get("/views/country-revenue?filter=" + Http.encoded("country:prefix:%"))))
        .isEmpty();
  }
}
