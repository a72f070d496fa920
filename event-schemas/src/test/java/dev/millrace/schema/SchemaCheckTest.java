package dev.millrace.schema;

import static dev.millrace.schema.Severity.BREAKING;
import static dev.millrace.schema.Severity.DAMAGING;
import static dev.millrace.schema.Severity.RISKY;
import static dev.millrace.schema.Severity.SAFE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaCheckTest {
  private static final Schema OLD = SchemaChange.event("");
  private static final Schema WITH_DEFAULT = SchemaChange
      .event("{\"name\": \"n\", \"type\": \"int\", \"default\": 0}");
  private static final Schema WITHOUT_DEFAULT = SchemaChange.event("{\"name\": \"n\", \"type\": \"int\"}");

  static List<SchemaChange> changes() {
    return SchemaChange.all();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void every_kind_of_change_is_found_where_it_is_and_judged_by_what_it_does(SchemaChange change) {
    var findings = SchemaCheck.of(change.versions(), Level.FULL_TRANSITIVE);

    assertThat(findings).as(change.name()).extracting(SchemaChange::summary)
        .containsExactlyInAnyOrderElementsOf(change.expected());
    assertThat(findings).filteredOn(finding -> finding.severity().forbidden())
        .allSatisfy(finding -> assertThat(finding.damage()).isPresent());
  }

  @ParameterizedTest
  @MethodSource("changes")
  void what_is_broken_or_damaged_is_shown_with_an_event(SchemaChange change) {
    assertThat(SchemaCheck.of(change.versions(), Level.FULL_TRANSITIVE))
        .filteredOn(finding -> finding.severity().forbidden())
        .filteredOn(finding -> finding.damage().orElseThrow().hurt().isPresent())
        .allSatisfy(finding -> {
          var witness = finding.damage().orElseThrow().witness().orElseThrow();
          assertThat(witness.before()).startsWith("{");
          if (finding.severity() == BREAKING)
            assertThat(witness.after()).startsWith("not read: ");
          else
            assertThat(witness.after()).startsWith("{").isNotEqualTo(witness.before());
        });
  }

  @ParameterizedTest
  @CsvSource({"NONE,0,0,0", "BACKWARD,0,1,0", "FORWARD,0,0,1", "FULL,0,1,1"})
  void each_level_looks_its_own_way(Level level, int adding, int addingBare, int removingBare) {
    assertThat(forbidden(OLD, WITH_DEFAULT, level)).hasSize(adding);
    assertThat(forbidden(OLD, WITHOUT_DEFAULT, level)).hasSize(addingBare);
    assertThat(forbidden(WITHOUT_DEFAULT, OLD, level)).hasSize(removingBare);
  }

  private static List<Finding> forbidden(Schema older, Schema newer, Level level) {
    return SchemaCheck.between(older, newer, level).stream().filter(finding -> finding.severity().forbidden())
        .toList();
  }

  @Test
  void only_a_transitive_level_looks_past_the_version_before() {
    var text = SchemaChange.event("{\"name\": \"n\", \"type\": \"string\", \"default\": \"\"}");
    var versions = List.of(WITH_DEFAULT, OLD, text);

    assertThat(SchemaCheck.forbids(SchemaCheck.of(versions, Level.BACKWARD))).isFalse();
    assertThat(SchemaCheck.of(versions, Level.BACKWARD_TRANSITIVE)).first()
        .satisfies(finding -> assertThat(finding.path()).isEqualTo("test.Paid.n"))
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(BREAKING));
    assertThat(SchemaCheck.of(List.of(OLD), Level.FULL)).isEmpty();
  }

  @Test
  void a_default_that_changes_damages_the_events_that_are_read_with_it() {
    var one = SchemaChange.event("{\"name\": \"n\", \"type\": \"int\", \"default\": 1}");

    assertThat(SchemaCheck.of(List.of(WITH_DEFAULT, one), Level.FULL)).singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(RISKY));
    assertThat(SchemaCheck.of(List.of(OLD, WITH_DEFAULT, one), Level.FULL_TRANSITIVE)).first()
        .satisfies(finding -> {
          assertThat(finding.severity()).isEqualTo(DAMAGING);
          assertThat(finding.damage().orElseThrow().witness().orElseThrow())
              .isEqualTo(new Finding.Witness("{\"id\":\"\",\"n\":0}", "{\"id\":\"\",\"n\":1}"));
        });
  }

  @Test
  void a_level_that_does_not_look_so_far_back_does_not_judge_by_it() {
    var one = SchemaChange.event("{\"name\": \"n\", \"type\": \"int\", \"default\": 1}");

    assertThat(SchemaCheck.of(List.of(OLD, WITH_DEFAULT, one), Level.FULL)).singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(RISKY));
  }

  @Test
  void so_does_one_inside_an_array_or_beside_null() {
    for (var type : List.of("{\"type\": \"array\", \"items\": %s}", "{\"type\": \"map\", \"values\": %s}",
        "[\"null\", %s]")) {
      var versions = Stream.of("", ", {\"name\": \"currency\", \"type\": \"string\", \"default\": \"EUR\"}",
          ", {\"name\": \"currency\", \"type\": \"string\", \"default\": \"USD\"}")
          .map(
              field -> "{\"type\": \"record\", \"name\": \"Line\", \"fields\": [{\"name\": \"sku\", \"type\": \"string\"}"
                  + field + "]}")
          .map(line -> SchemaChange.event("{\"name\": \"lines\", \"type\": " + type.formatted(line) + "}"))
          .toList();

      assertThat(SchemaCheck.of(versions, Level.FULL_TRANSITIVE)).first().satisfies(finding -> {
        assertThat(finding.rule()).isEqualTo(Rule.DEFAULT_CHANGED);
        assertThat(finding.severity()).isEqualTo(DAMAGING);
      });
    }
  }

  @Test
  void a_default_that_is_no_value_of_its_logical_type_breaks_the_events_that_need_it() {
    var uuid = SchemaChange
        .event(
            "{\"name\": \"u\", \"type\": {\"type\": \"string\", \"logicalType\": \"uuid\"}, \"default\": \"\"}");
    var documented = new Schema.Parser()
        .parse(uuid.toString().replace("\"name\":\"u\"", "\"name\":\"u\",\"doc\":\"?\""));

    assertThat(forbidden(OLD, uuid, Level.FULL)).singleElement().satisfies(finding -> {
      assertThat(finding.path()).isEqualTo("test.Paid.u");
      assertThat(finding.damage().orElseThrow().problem()).contains("is no value of its type");
      assertThat(finding.damage().orElseThrow().witness().orElseThrow().after()).startsWith("not read: ");
    });
    assertThat(forbidden(uuid, documented, Level.FULL)).isEmpty();
  }

  @Test
  void a_finding_says_where_and_what_and_how_to_mend_it() {
    assertThat(SchemaCheck.between(OLD, WITHOUT_DEFAULT, Level.BACKWARD)).singleElement()
        .satisfies(finding -> {
          assertThat(finding)
              .hasToString("test.Paid.n: new readers of old events need it, and it has no default "
                  + "(field-added: int); give it a default");
          assertThat(finding.damage().orElseThrow().json())
              .contains("{\"name\":\"n\",\"type\":\"int\",\"default\":0}");
          assertThat(finding.damage().orElseThrow().witness().orElseThrow().before())
              .isEqualTo("{\"id\":\"\"}");
        });
  }

  @Test
  void every_severity_and_nearly_every_rule_has_a_change_that_shows_it() {
    var shown = changes().stream()
        .flatMap(change -> SchemaCheck.of(change.versions(), Level.FULL_TRANSITIVE).stream()).toList();

    assertThat(shown).extracting(Finding::severity).contains(SAFE, RISKY, DAMAGING, BREAKING);
    assertThat(shown).extracting(Finding::rule).contains(java.util.Arrays.stream(Rule.values())
        .filter(rule -> rule.compareTo(Rule.MAJOR_CHANGED) < 0).toArray(Rule[]::new));
  }

  /** Thirty records that each hold the next one twice: the smallest value has a billion of the last. */
  @Test
  void a_schema_whose_smallest_value_is_huge_is_judged_all_the_same() {
    var nested = "\"%s\"";
    for (int depth = 30; depth > 0; depth--) {
      nested = ("{\"type\": \"record\", \"name\": \"R" + depth
          + "\", \"fields\": [{\"name\": \"a\", \"type\": "
          + nested + "}, {\"name\": \"b\", \"type\": \"" + (depth == 30 ? "int" : "R" + (depth + 1))
          + "\"}]}");
    }
    var older = SchemaChange.event("{\"name\": \"n\", \"type\": " + nested.formatted("int") + "}");
    var newer = SchemaChange.event("{\"name\": \"n\", \"type\": " + nested.formatted("string") + "}");

    assertThat(SchemaCheck.between(older, newer, Level.BACKWARD)).first().satisfies(finding -> {
      assertThat(finding.severity()).isEqualTo(BREAKING);
      assertThat(finding.rule()).isEqualTo(Rule.TYPE_CHANGED);
    });
  }

  @Test
  void a_level_that_does_not_exist_is_answered_with_those_that_do() {
    assertThat(Level.of("full")).isEqualTo(Level.FULL);
    assertThatThrownBy(() -> Level.of("SIDEWAYS")).hasMessageContaining("BACKWARD_TRANSITIVE");
  }
}
