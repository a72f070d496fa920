package dev.millrace.dev;

import dev.millrace.schema.Level;
import dev.millrace.schema.SchemaCheck;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** What a subject's next version must keep, in the words of the protocol. */
record CompatibilityRule(Level level) {
  static final CompatibilityRule BACKWARD = new CompatibilityRule(Level.BACKWARD);

  /** @throws RegistryError 42203 */
  static CompatibilityRule parse(String name) {
    try {
      return new CompatibilityRule(Level.of(name));
    } catch (IllegalArgumentException e) {
      throw new RegistryError(42203, "Invalid compatibility level: " + e.getMessage(), e);
    }
  }

  String name() {
    return level.name();
  }

  /**
   * Why the schema may not follow the earlier ones; empty where it may.
   *
   * @param earlier the oldest first
   */
  List<String> violations(Schema next, List<Schema> earlier) {
    var versions = new ArrayList<>(earlier);
    versions.add(next);
    try {
      return SchemaCheck.ofSubject(versions, level).stream().filter(finding -> finding.severity().forbidden())
          .map(finding -> "{errorType:'" + finding.rule().name() + "', description:'" + finding
              + "', additionalInfo:'" + finding.path() + "'}")
          .toList();
    } catch (StackOverflowError e) { // nesting has no bound
      throw RegistryError.invalidSchema("its types stand in each other too deep to be compared", e);
    }
  }
}
