package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import dev.millrace.publish.Publisher;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that have to be at least as fresh as a write. */
class FreshReadTest {
  private static Backend backend;
  private static MillraceRuntime runtime;
  private static Http http;
  private static Publisher publisher;

  @BeforeAll
  static void start() {
    backend = new Backend();
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(backend.sales.countryRevenue).start();
    http = new Http(runtime.uri());
    publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build();
  }

  @AfterAll
  static void stop() {
    publisher.close();
    http.close();
    runtime.close();
    backend.close();
  }

  private static String sell(String orderId, String country) {
    return publisher.publish(backend.sales.sold(orderId, country, "tea", "1.000")).join().token().text();
  }

  private static String never() {
    return new WriteToken.Place(new Partition(StreamName.of(backend.sales.stream()), "0"),
        Position.of("999999"), "any",
        Instant.EPOCH)
        .text();
  }

  @Test
  void a_row_and_a_page_have_the_writes_whose_tokens_are_given() {
    for (int i = 0; i < 10; i++) {
      var one = sell("a" + i, "Germany");
      var other = sell("b" + i, "France");

      var row = http.get("/views/country-revenue/Germany", "Millrace-At-Least", one, "Millrace-Wait", "30s");
      var page = http.get("/views/country-revenue?sort=country", "Millrace-At-Least", one,
          "Millrace-At-Least",
          other, "Millrace-Wait", "30000ms");
      var list = http.get("/views/country-revenue/France", "Millrace-At-Least", one + ", " + other,
          "Millrace-Wait", "30s");

      assertThat(row.json().get("orders").asInt()).as(row.text()).isEqualTo(i + 1);
      assertThat(page.json().get("rows").findValuesAsText("orders")).as(page.text())
          .containsExactly("" + (i + 1), "" + (i + 1));
      assertThat(list.json().get("orders").asInt()).as(list.text()).isEqualTo(i + 1);
    }
  }

  @Test
  void who_waits_in_vain_is_told_how_far_the_view_is_and_when_to_ask_again() {
    for (var path : new String[]{"/views/country-revenue", "/views/country-revenue/Germany"}) {
      var answer = http.get(path, "Millrace-At-Least", never(), "Millrace-Wait", "20ms");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.type()).startsWith("application/problem+json");
      assertThat(answer.retryAfter()).isEqualTo("1");
      assertThat(answer.json().get("code").asText()).isEqualTo("not-fresh-yet");
      assertThat(answer.json().get("detail").asText())
          .contains("within 20 ms", backend.sales.stream() + "/0, where 999999 is asked for");
    }
  }

  @Test
  void what_is_no_token_of_this_view_or_no_wait_is_refused() {
    var foreign = new WriteToken.Place(new Partition(StreamName.of("other"), "0"), Position.of("1"), "any",
        Instant.EPOCH).text();

    assertThat(refusal("Millrace-At-Least", "nonsense")).isEqualTo("bad-token");
    assertThat(refusal("Millrace-At-Least", "")).isEqualTo("bad-token");
    assertThat(refusal("Millrace-At-Least", foreign)).isEqualTo("bad-token");
    assertThat(refusal("Millrace-At-Least", (never() + ",").repeat(16) + never())).isEqualTo("bad-token");
    for (var wait : new String[]{"soon", "5", "31s", "30001ms", "-1s", "1m", "9999999s"})
      assertThat(refusal("Millrace-Wait", wait)).as(wait).isEqualTo("bad-wait");
  }

  private static String refusal(String header, String value) {
    var answer = http.get("/views/country-revenue", header, value);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    return answer.json().get("code").asText();
  }
}
