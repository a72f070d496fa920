package dev.millrace.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/** What a subject's next version must be able to read, and who must be able to read it. */
enum CompatibilityRule {
  NONE(false, false, false), BACKWARD(true, false, false), BACKWARD_TRANSITIVE(true, false, true),
  FORWARD(false, true,
      false),
  FORWARD_TRANSITIVE(false, true, true), FULL(true, true, false), FULL_TRANSITIVE(true, true, true);

  private final boolean readsOld;
  private final boolean isReadByOld;
  private final boolean transitive;

  CompatibilityRule(boolean readsOld, boolean isReadByOld, boolean transitive) {
    this.readsOld = readsOld;
    this.isReadByOld = isReadByOld;
    this.transitive = transitive;
  }

  /** @throws RegistryError 42203 */
  static CompatibilityRule parse(String name) {
    try {
      return valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new RegistryError(42203, "Invalid compatibility level '" + name
          + "'. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and"
          + " full_transitive", e);
    }
  }

  /**
   * Why the schema may not follow the earlier ones; empty where it may.
   *
   * @param earlier the oldest first
   */
  List<String> violations(Schema next, List<Schema> earlier) {
    var reasons = new ArrayList<String>();
    var asked = transitive || earlier.isEmpty() ? earlier : List.of(earlier.getLast());
    for (var old : asked.reversed()) {
      if (readsOld) {
        reasons.addAll(unreadable(next, old));
      }
      if (isReadByOld) {
        reasons.addAll(unreadable(old, next));
      }
    }
    return List.copyOf(reasons);
  }

  private static List<String> unreadable(Schema reader, Schema writer) {
    try {
      return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult()
          .getIncompatibilities().stream()
          .map(found -> "{errorType:'" + found.getType() + "', description:'at " + found.getLocation()
              + "', additionalInfo:'" + found.getMessage() + "'}")
          .toList();
    } catch (AvroRuntimeException e) {
      return List
          .of("{errorType:'UNDECIDED', description:'the two schemas cannot be compared', additionalInfo:'"
              + e.getMessage() + "'}");
    }
  }
}
