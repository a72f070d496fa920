package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pairs of readers and writers that Avro's own tests of compatibility are about. What Avro calls incompatible is so
 * here; where Millrace is stricter, {@code avro-compatibility.json} says why.
 */
class AvroCompatibilityTest {
  record Pair(Schema reader, Schema writer, String avro, String stricter) {
    @Override
    public String toString() {
      return reader + " of " + writer;
    }
  }

  static List<Pair> pairs() throws IOException {
    var pairs = new ArrayList<Pair>();
    try (var in = AvroCompatibilityTest.class.getResourceAsStream("avro-compatibility.json")) {
      for (var pair : new ObjectMapper().readTree(in))
        pairs.add(new Pair(schema(pair.get("reader")), schema(pair.get("writer")), pair.get("avro").asText(),
            pair.path("stricter").asText()));
    }
    return pairs;
  }

  private static Schema schema(JsonNode json) {
    return new Schema.Parser().parse(json.toString());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void what_avro_says_of_a_pair_is_the_least_that_is_said_here(Pair pair) {
    var avro = SchemaCompatibility.checkReaderWriterCompatibility(pair.reader, pair.writer).getType();
    var worst = Reading.of(holding(pair.writer), holding(pair.reader), Hurt.NEW_READERS).stream()
        .map(Finding::severity).max(Severity::compareTo).orElse(Severity.SAFE);

    assertThat(avro).hasToString(pair.avro.toUpperCase(java.util.Locale.ROOT));
    if (pair.avro.equals("incompatible"))
      assertThat(worst).isEqualTo(Severity.BREAKING);
    else
      assertThat(worst.forbidden()).isEqualTo(!pair.stricter.isEmpty());
  }

  /** An event is a record. */
  private static Schema holding(Schema schema) {
    return Schema.createRecord("Holder", null, "test", false, List.of(new Schema.Field("v", schema)));
  }

  @Test
  void as_many_pairs_are_held_against_it_as_avro_has() throws IOException {
    assertThat(pairs()).filteredOn(pair -> pair.avro.equals("compatible")).hasSizeGreaterThanOrEqualTo(73);
    assertThat(pairs()).filteredOn(pair -> pair.avro.equals("incompatible")).hasSizeGreaterThanOrEqualTo(59);
  }
}
