package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.junit.jupiter.api.Test;

/** The table of {@code docs/schema-changes.md} is what the checks say. {@code -Dmillrace.docs.write=true} writes it anew. */
class SchemaChangesDocTest {
  private static final Path DOC = Path.of("../docs/schema-changes.md");
  private static final String BEGIN = "<!-- written by SchemaChangesDocTest -->\n";

  @Test
  void the_table_of_changes_is_what_the_checks_say() throws IOException {
    var doc = Files.readString(DOC);
    var head = doc.substring(0, doc.indexOf(BEGIN) + BEGIN.length());

    var written = head + table();

    if (Boolean.getBoolean("millrace.docs.write"))
      Files.writeString(DOC, written);
    assertThat(Files.readString(DOC)).isEqualTo(written);
  }

  private static String table() {
    var table = new StringBuilder("""

        | Change | Before | After | Avro | Confluent's check | Millrace |
        |---|---|---|---|---|---|
        """);
    for (var change : SchemaChange.all()) {
      table.append("| ").append(change.name()).append(" | ")
          .append(shown(change, change.versions().size() - 2))
          .append(" | ").append(shown(change, change.versions().size() - 1)).append(" | ")
          .append(verdict(change.versions(), SchemaChangesDocTest::avroReads)).append(" | ")
          .append(verdict(change.versions(), SchemaChangesDocTest::confluentReads)).append(" | ")
          .append(millrace(change)).append(" |\n");
    }
    return table.toString();
  }

  /** The field that changes, or the event where it is the event that does. */
  private static String shown(SchemaChange change, int version) {
    var schema = change.versions().get(version);
    var fields = schema.getFields().stream().skip(1).toList();
    boolean contract = change.versions().stream().map(each -> each.getFullName() + each.getObjectProps())
        .distinct().count() > 1;
    if (contract)
      return "`" + schema.getFullName() + " " + schema.getObjectProps() + "`";
    var record = Schema.createRecord("E", null, null, false);
    record.setFields(fields.stream().map(field -> new Schema.Field(field, field.schema())).toList());
    var text = record.toString();
    var inner = text.substring(text.indexOf("\"fields\":[") + "\"fields\":[".length(), text.lastIndexOf(']'));
    return inner.isEmpty() ? "" : "`" + inner.replace("|", "\\|") + "`";
  }

  private static String verdict(List<Schema> versions, BiPredicate<Schema, Schema> reads) {
    var newest = versions.getLast();
    var before = versions.subList(0, versions.size() - 1);
    boolean backward = before.stream().allMatch(older -> reads.test(newest, older));
    boolean forward = before.stream().allMatch(older -> reads.test(older, newest));
    if (backward && forward)
      return "compatible";
    return backward ? "not forward" : forward ? "not backward" : "neither way";
  }

  private static boolean avroReads(Schema reader, Schema writer) {
    try {
      return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
          .getType() == SchemaCompatibilityType.COMPATIBLE;
    } catch (RuntimeException e) { // as it does on an alias list that takes two fields
      return false;
    }
  }

  private static boolean confluentReads(Schema reader, Schema writer) {
    try {
      return new AvroSchema(reader.toString()).isBackwardCompatible(new AvroSchema(writer.toString()))
          .isEmpty();
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static String millrace(SchemaChange change) {
    var findings = SchemaCheck.of(change.versions(), Level.FULL_TRANSITIVE);
    var said = findings.stream().filter(finding -> finding.severity() != Severity.SAFE)
        .map(finding -> "**" + finding.severity() + "** " + finding.rule()
            + finding.damage().flatMap(Finding.Damage::hurt).map(hurt -> " (" + hurt + ")").orElse("")
            + finding.damage().flatMap(Finding.Damage::witness)
                .map(witness -> ": `" + witness.before() + "` → `" + witness.after() + "`").orElse(""))
        .toList();
    if (!said.isEmpty())
      return String.join("<br>", said);
    return findings.stream().map(Finding::rule).distinct().map(rule -> "safe " + rule)
        .collect(Collectors.joining(", "));
  }

  @Test
  void there_are_changes_that_avro_calls_compatible_and_that_damage_or_break() {
    var changes = SchemaChange.all();

    assertThat(IntStream.range(0, changes.size()).filter(i -> {
      var versions = changes.get(i).versions();
      return verdict(versions, SchemaChangesDocTest::avroReads).equals("compatible")
          && SchemaCheck.forbids(SchemaCheck.of(versions, Level.FULL_TRANSITIVE));
    }).count()).isGreaterThan(10);
  }
}
