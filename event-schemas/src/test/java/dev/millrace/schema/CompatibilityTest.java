package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.Compatibility.Level;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
  private static final String AMOUNT = """
      {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": %d}}""";

  private static Schema paid(String fields) {
    return new Schema.Parser().parse("""
        {"type": "record", "name": "Paid", "stream": "ledger", "key": "id", "owner": "ledger",
         "fields": [{"name": "id", "type": "string"}%s]}""".formatted(fields));
  }

  private static final Schema OLD = paid("");
  private static final Schema WITH_DEFAULT = paid(", {\"name\": \"n\", \"type\": \"int\", \"default\": 0}");
  private static final Schema WITHOUT_DEFAULT = paid(", {\"name\": \"n\", \"type\": \"int\"}");

  @ParameterizedTest
  @CsvSource({"NONE,0,0,0", "BACKWARD,0,1,0", "FORWARD,0,0,1", "FULL,0,1,1"})
  void each_level_looks_its_own_way(Level level, int adding, int addingBare, int removingBare) {
    assertThat(Compatibility.between(OLD, WITH_DEFAULT, level)).hasSize(adding);
    assertThat(Compatibility.between(OLD, WITHOUT_DEFAULT, level)).hasSize(addingBare);
    assertThat(Compatibility.between(WITHOUT_DEFAULT, OLD, level)).hasSize(removingBare);
  }

  @Test
  void a_finding_names_the_field_and_says_what_to_do() {
    var older = paid(
        ", {\"name\": \"lines\", \"type\": {\"type\": \"array\", \"items\": {\"type\": \"record\", "
            + "\"name\": \"Line\", \"fields\": []}}}");
    var newer = paid(
        ", {\"name\": \"lines\", \"type\": {\"type\": \"array\", \"items\": {\"type\": \"record\", "
            + "\"name\": \"Line\", \"fields\": [{\"name\": \"price\", \"type\": \"int\"}]}}}");

    assertThat(Compatibility.between(older, newer, Level.BACKWARD)).singleElement()
        .hasToString(
            "lines[].price: the new schema cannot read what the old one wrote: the field is not in the other: "
                + "give it a default (READER_FIELD_MISSING_DEFAULT_VALUE)");
  }

  @Test
  void only_a_transitive_level_looks_past_the_version_before() {
    var text = paid(", {\"name\": \"n\", \"type\": \"string\", \"default\": \"\"}");
    var versions = List.of(WITH_DEFAULT, OLD, text);

    assertThat(Compatibility.check(versions, Level.BACKWARD)).isEmpty();
    assertThat(Compatibility.check(versions, Level.BACKWARD_TRANSITIVE)).singleElement()
        .satisfies(finding -> assertThat(finding.path()).isEqualTo("n"));
    assertThat(Compatibility.check(List.of(OLD), Level.FULL)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"stream", "key", "owner"})
  void a_change_of_the_contract_is_found_although_avro_does_not(String property) {
    var other = new Schema.Parser().parse(OLD.toString().replaceAll("\"" + property + "\":\"[a-z]+\"",
        "\"" + property + "\":\"other\""));

    assertThat(Compatibility.between(OLD, other, Level.BACKWARD)).singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("the " + property + " changes from"));
  }

  @Test
  void a_value_that_would_be_read_as_another_is_found_although_avro_does_not() {
    var older = paid("," + AMOUNT.formatted(2));
    var newer = paid("," + AMOUNT.formatted(4));

    assertThat(Compatibility.between(older, newer, Level.BACKWARD)).singleElement()
        .satisfies(finding -> assertThat(finding.toString())
            .startsWith("amount: the type changes from decimal of scale 2 to decimal of scale 4"));
  }

  @Test
  void a_level_that_does_not_exist_is_answered_with_those_that_do() {
    assertThat(Level.of("full")).isEqualTo(Level.FULL);
    assertThatThrownBy(() -> Level.of("SIDEWAYS")).hasMessageContaining("BACKWARD_TRANSITIVE");
  }
}
