package dev.millrace.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/**
 * Whether a schema may follow others. What Avro calls compatible is not enough here: a change of {@code stream},
 * {@code key} or {@code owner} breaks an event's contract, and a change of a logical type or its scale is read by other
 * clients as another value.
 */
public final class Compatibility {
  private static final List<String> CONTRACT = List.of("stream", "key", "owner");

  private Compatibility() {}

  /** Who must be able to read whose events. */
  public enum Level {
    /** Nothing is checked. */
    NONE(false, false, false),
    /** The new schema reads what the one before it wrote. */
    BACKWARD(true, false, false),
    /** The new schema reads what every one before it wrote. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** The schema before it reads what the new one writes. */
    FORWARD(false, true, false),
    /** Every schema before it reads what the new one writes. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Both ways with the one before it. */
    FULL(true, true, false),
    /** Both ways with every one before it. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean backward;
    private final boolean forward;
    private final boolean transitive;

    Level(boolean backward, boolean forward, boolean transitive) {
      this.backward = backward;
      this.forward = forward;
      this.transitive = transitive;
    }

    /**
     * The level of this name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static Level of(String name) {
      for (var level : values()) {
        if (level.name().equals(name.toUpperCase(Locale.ROOT)))
          return level;
      }
      throw new IllegalArgumentException(
          "'" + name + "' is no compatibility level: use one of " + List.of(values()));
    }
  }

  /**
   * One reason why a schema may not follow another.
   *
   * @param path the field, such as {@code lines[].unitPrice}; empty for the record itself
   * @param rule the stable name of what is broken: one of Avro's incompatibilities, {@code CONTRACT_CHANGED} or {@code
   *     LOGICAL_TYPE_CHANGED}
   * @param message what is wrong, and what to do
   */
  public record Finding(String path, String rule, String message) {
    @Override
    public String toString() {
      return (path.isEmpty() ? "" : path + ": ") + message + " (" + rule + ")";
    }
  }

  /** What keeps the newer schema from following the older one; empty where nothing does. */
  public static List<Finding> between(Schema older, Schema newer, Level level) {
    if (level == Level.NONE || older.equals(newer))
      return List.of();
    var findings = new LinkedHashSet<Finding>();
    for (var property : CONTRACT) {
      var before = older.getProp(property);
      if (before != null && !Objects.equals(before, newer.getProp(property))) {
        findings.add(new Finding("", "CONTRACT_CHANGED",
            "the " + property + " changes from " + before + " to "
                + newer.getProp(property)
                + ": readers of the old one would miss these events; make it a new event"));
      }
    }
    if (level.backward) {
      findings.addAll(reading(newer, older, "the new schema cannot read what the old one wrote"));
    }
    if (level.forward) {
      findings.addAll(reading(older, newer, "the old schema cannot read what the new one writes"));
    }
    new LogicalTypeChanges(findings).compare(older, newer, "");
    return List.copyOf(findings);
  }

  /**
   * What keeps the last of the versions from following those before it: each of them where the level is transitive, else
   * the one right before it.
   *
   * @param versions the first first
   */
  public static List<Finding> check(List<Schema> versions, Level level) {
    if (versions.size() < 2)
      return List.of();
    var before = versions.subList(0, versions.size() - 1);
    var compared = level.transitive ? before.reversed() : List.of(before.getLast());
    return compared.stream().flatMap(older -> between(older, versions.getLast(), level).stream()).distinct()
        .toList();
  }

  private static List<Finding> reading(Schema reader, Schema writer, String problem) {
    try {
      var found = new ArrayList<Finding>();
      for (var fault : SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult()
          .getIncompatibilities()) {
        found.add(new Finding(SchemaPath.of(reader, fault.getLocation()), fault.getType().name(),
            problem + ": " + reason(fault)));
      }
      return found;
    } catch (AvroRuntimeException e) { // one alias for two of the writer's fields
      return List.of(new Finding("", "AMBIGUOUS_ALIAS", problem + ": " + e.getMessage()));
    }
  }

  private static String reason(Incompatibility fault) {
    return switch (fault.getType()) {
      case READER_FIELD_MISSING_DEFAULT_VALUE -> "the field is not in the other: give it a default";
      case MISSING_ENUM_SYMBOLS ->
        "it lacks the symbols " + fault.getMessage() + ": keep them, or give the enum a default";
      case MISSING_UNION_BRANCH -> fault.getMessage() + ": keep every branch";
      case TYPE_MISMATCH -> fault.getMessage() + ": add a field of the new type instead";
      case NAME_MISMATCH ->
        "the names differ (" + fault.getMessage() + "): keep the name, or add the old one as an alias";
      case FIXED_SIZE_MISMATCH -> "the sizes differ (" + fault.getMessage() + "): keep the size";
    };
  }
}
