package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of rebuilds and generations cannot be done says why. */
class RebuildRefusalTest {
  private static Backend backend;
  private static MillraceRuntime runtime;
  private static Http http;

  @BeforeAll
  static void start() {
    backend = new Backend();
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(backend.sales.countryRevenue).start();
    http = new Http(runtime.uri());
    await().until(() -> http.get("/generations/country-revenue").json().size() == 1);
  }

  @AfterAll
  static void stop() {
    http.close();
    runtime.close();
    backend.close();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "/rebuilds/nothing | {} | 404 | unknown-view",
      "/rebuilds/country-revenue | {\"perSecnd\": 5} | 400 | unknown fields perSecnd; there are memoryMiB, perSecond, anew",
      "/rebuilds/country-revenue | {\"perSecond\": 0} | 400 | above 0",
      "/rebuilds/country-revenue | {\"memoryMiB\": 99999999} | 400 | memoryMiB",
      "/rebuilds/country-revenue/pause | {} | 404 | no rebuild of country-revenue",
      "/generations/country-revenue/promote | {} | 404 | no generation that was rebuilt",
      "/generations/country-revenue/promote | {\"generation\": 7} | 503 | no generation 7",
      "/generations/country-revenue/rollback | {} | 400 | no generation of country-revenue was live before",
      "/generations/country-revenue/drop | {\"generation\": 1} | 400 | the live one",
      "/generations/country-revenue/drop | {} | 400 | say which generation"})
  void what_cannot_be_done_is_refused_with_the_reason(String path, String body, int status, String reason) {
    var answer = http.post(path, body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.text()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({"/generations/country-revenue/audit?sample=2,sample",
      "/generations/country-revenue/as-of?at=yesterday,yesterday",
      "/generations/country-revenue/as-of?at=end&filtre=x,filtre",
      "/rebuilds/country-revenue/plan?memoryMiB=0,memoryMiB"})
  void what_cannot_be_answered_is_refused_with_the_reason(String path, String reason) {
    var answer = http.get(path);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.text()).contains(reason);
  }

  @Test
  void a_form_of_a_web_page_cannot_do_anything() {
    assertThat(
        http.post("/rebuilds/country-revenue", "application/x-www-form-urlencoded", "anew=true").status())
        .isEqualTo(415);
    assertThat(http.post("/generations/country-revenue/rollback", "text/plain", "{}").status())
        .isEqualTo(415);
  }
}
