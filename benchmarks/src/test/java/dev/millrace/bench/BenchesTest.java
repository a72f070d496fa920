package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.dev.DevKinesis;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchesTest {
  @ParameterizedTest
  @CsvSource({"codec, 400", "schema, 2"})
  void a_bench_prints_its_figures_beside_those_of_a_peer(String bench, long events) throws Exception {
    assertFigures(bench, events);
  }

  @Tag("acceptance")
  @ParameterizedTest
  @ValueSource(strings = {"publish", "publish-kinesis", "project", "rebuild", "rebuild-curve",
      "rebuild-freshness",
      "end-to-end"})
  void a_bench_with_servers_prints_its_figures_beside_those_of_a_peer(String bench) throws Exception {
    assertFigures(bench, 400);
  }

  private static void assertFigures(String bench, long events) throws Exception {
    if (bench.endsWith("-kinesis"))
      DevKinesis.unavailable().ifPresent(why -> abort(bench + " is skipped: " + why));
    var printed = new StringWriter();

    Benches.run(bench, OptionalLong.of(events), OptionalLong.empty(), true, new PrintWriter(printed),
        step -> {});

    var figures = printed.toString().lines().map(BenchesTest::json).toList();
    assertThat(figures).isNotEmpty().allSatisfy(figure -> {
      assertThat(figure.propertyStream().map(field -> field.getKey())).containsExactly("bench", "subject",
          "metric",
          "unit", "value", "runs", "peer", "ratio_to_peer");
      assertThat(figure.path("bench").asText()).isEqualTo(bench);
      if (figure.path("metric").asText().startsWith("cpu"))
        return; // counted in hundredths of a second: so few events may come to none
      assertThat(figure.path("value").asDouble()).isPositive();
      assertThat(figure.path("ratio_to_peer").asDouble()).isPositive();
    });
    assertThat(figures).anySatisfy(figure -> {
      assertThat(figure.path("subject").asText()).isEqualTo("millrace");
      assertThat(figures).anySatisfy(other -> {
        assertThat(other.path("subject")).isEqualTo(figure.path("peer")).isEqualTo(other.path("peer"));
        assertThat(other.path("metric")).isEqualTo(figure.path("metric"));
        assertThat(other.path("ratio_to_peer").asDouble()).isEqualTo(1);
      });
    });
  }

  @Test
  void a_bench_that_has_no_choice_of_keys_says_so() {
    assertThatThrownBy(() -> Benches.run("codec", OptionalLong.of(1), OptionalLong.of(1), true,
        new PrintWriter(new StringWriter()), step -> {})).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the bench codec has no choice of keys");
  }

  @Test
  void no_bench_is_left_out_here() {
    assertThat(Benches.names())
        .isEqualTo(
            List.of("codec", "schema", "publish", "publish-kinesis", "project", "rebuild", "rebuild-curve",
                "rebuild-freshness",
                "end-to-end"));
  }

  private static JsonNode json(String line) {
    try {
      return new JsonMapper().readTree(line);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
