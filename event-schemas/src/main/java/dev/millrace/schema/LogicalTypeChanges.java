package dev.millrace.schema;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Finds the places where two schemas agree on the bytes and not on what they mean. Avro sees no such thing. */
final class LogicalTypeChanges {
  private final Collection<Compatibility.Finding> findings;
  private final Set<String> compared = new HashSet<>();

  LogicalTypeChanges(Collection<Compatibility.Finding> findings) {
    this.findings = findings;
  }

  void compare(Schema older, Schema newer, String path) {
    var before = RecordSource.nonNull(older);
    var after = RecordSource.nonNull(newer);
    var was = meaning(before);
    var is = meaning(after);
    if (!was.isEmpty() && !is.isEmpty() && !was.equals(is)) {
      findings.add(
          new Compatibility.Finding(path, "LOGICAL_TYPE_CHANGED", "the type changes from " + was + " to " + is
              + ": the same bytes would be read as another value; add a field of the new type instead"));
    }
    if (before.getType() != after.getType())
      return;
    switch (after.getType()) {
      case RECORD -> compareFields(before, after, path);
      case ARRAY -> compare(before.getElementType(), after.getElementType(), path + "[]");
      case MAP -> compare(before.getValueType(), after.getValueType(), path + "{}");
      default -> {
      }
    }
  }

  private void compareFields(Schema before, Schema after, String path) {
    if (!compared.add(after.getFullName()))
      return;
    for (var field : after.getFields()) {
      var old = before.getField(field.name());
      if (old != null) {
        compare(old.schema(), field.schema(), path.isEmpty() ? field.name() : path + "." + field.name());
      }
    }
  }

  private static String meaning(Schema schema) {
    return switch (schema.getLogicalType()) {
      case null -> "";
      case LogicalTypes.Decimal decimal -> "decimal of scale " + decimal.getScale();
      default -> schema.getLogicalType().getName();
    };
  }
}
