package dev.millrace.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;

/** The source files of a set of events: one for each named type, and one for each package. */
final class EventSources {
  private final List<String> faults;
  private final TreeMap<String, Schema> types = new TreeMap<>();
  private final Map<String, String> definedBy = new HashMap<>();
  private final Map<String, List<Schema>> events = new HashMap<>();

  /** @param faults where to say what cannot be generated */
  EventSources(List<String> faults) {
    this.faults = faults;
  }

  /** @param file where the newest version is, for what is said of it */
  void add(List<Schema> versions, String file) {
    events.put(versions.getLast().getFullName(), versions);
    collect(versions.getLast(), file);
  }

  private void collect(Schema schema, String file) {
    switch (schema.getType()) {
      case RECORD, ENUM -> collectNamed(schema, file);
      case ARRAY -> collect(schema.getElementType(), file);
      case MAP -> collect(schema.getValueType(), file);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, file));
      default -> {
      }
    }
  }

  private void collectNamed(Schema schema, String file) {
    var name = schema.getFullName();
    var known = types.putIfAbsent(name, schema);
    var first = definedBy.putIfAbsent(name, file);
    if (known == null) {
      checkNames(schema, file);
      if (schema.getType() == Schema.Type.RECORD) {
        schema.getFields().forEach(field -> collect(field.schema(), file));
      }
    } else if (!file.equals(first) && !known.toString().equals(schema.toString())) {
      faults.add(file + ": defines " + name + " otherwise than " + first
          + " does: make the two the same, or give one another name");
    }
  }

  private void checkNames(Schema schema, String file) {
    if (!JavaNames.isType(schema.getFullName())) {
      faults.add(file + ": " + schema.getFullName()
          + " is no name for a Java type: it needs a namespace, and no part may be a word of the language");
    }
    var members = schema.getType() == Schema.Type.ENUM
        ? schema.getEnumSymbols().stream().map(JavaNames::constant).toList()
        : schema.getFields().stream().map(field -> JavaNames.component(field.name())).toList();
    var seen = new TreeSet<String>();
    members.stream().filter(member -> !seen.add(member))
        .forEach(member -> faults.add(file + ": two members of " + schema.getFullName() + " are " + member
            + " in Java: rename one"));
  }

  /** The text of each file by its path. */
  Map<String, String> files() {
    var files = new TreeMap<String, String>();
    types.forEach((name, schema) -> {
      files.put(path(schema.getNamespace(), schema.getName()), source(schema));
      files.put(path(schema.getNamespace(), "package-info"), "/** Events, generated from their schemas. */\n"
          + "@NullMarked\npackage " + schema.getNamespace()
          + ";\n\nimport org.jspecify.annotations.NullMarked;\n");
    });
    return files;
  }

  private static String path(String namespace, String name) {
    return namespace.replace('.', '/') + "/" + name + ".java";
  }

  private String source(Schema schema) {
    if (schema.getType() == Schema.Type.RECORD) {
      return RecordSource.of(schema, events.getOrDefault(schema.getFullName(), List.of()), siblings(schema));
    }
    var constants = new ArrayList<String>();
    schema.getEnumSymbols().forEach(symbol -> constants.add("  " + JavaNames.constant(symbol)));
    return "package " + schema.getNamespace() + ";\n\n" + Docs.ofType(schema) + "public enum "
        + schema.getName()
        + " {\n" + String.join(",\n", constants) + "\n}\n";
  }

  private Set<String> siblings(Schema schema) {
    var siblings = new TreeSet<String>();
    types.values().stream().filter(other -> other.getNamespace().equals(schema.getNamespace()))
        .forEach(other -> siblings.add(other.getName()));
    return siblings;
  }
}
