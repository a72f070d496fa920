package dev.millrace.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A change of a schema from {@code changes.json}: what is in {@code docs/schema-changes.md}.
 *
 * @param name what was done
 * @param expected the findings, as {@link #summary} has them
 */
record SchemaChange(String name, List<Schema> versions, List<String> expected) {
  /** An event with these fields beside its id. */
  static Schema event(String fields) {
    return new Schema.Parser().parse(
        """
            {"type": "record", "name": "Paid", "namespace": "test", "stream": "ledger", "key": "id", "owner": "ledger",
             "fields": [{"name": "id", "type": "string"}%s]}"""
            .formatted(fields.isBlank() ? "" : ", " + fields));
  }

  /** Such as {@code breaking type-changed .amount (old readers of new events)}. */
  static String summary(Finding finding) {
    var hurt = finding.damage().flatMap(Finding.Damage::hurt).map(who -> " (" + who + ")").orElse("");
    return finding.severity() + " " + finding.rule() + " "
        + finding.path().substring(finding.path().startsWith("test.Paid") ? "test.Paid".length() : 0) + hurt;
  }

  static List<SchemaChange> all() {
    try (var in = SchemaChange.class.getResourceAsStream("changes.json")) {
      var changes = new ArrayList<SchemaChange>();
      for (var change : new ObjectMapper().readTree(in))
        changes.add(of(change));
      return changes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SchemaChange of(JsonNode change) {
    var versions = new ArrayList<Schema>();
    for (var version : change.get("versions")) {
      versions.add(version.isObject()
          ? new Schema.Parser().parse(version.toString())
          : event(version.asText().isBlank() ? "" : version.asText()));
    }
    var expected = new ArrayList<String>();
    change.get("findings").forEach(finding -> expected.add(finding.asText()));
    return new SchemaChange(change.get("change").asText(), versions, expected);
  }

  @Override
  public String toString() {
    return name;
  }
}
