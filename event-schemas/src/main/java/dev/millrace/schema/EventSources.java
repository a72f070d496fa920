package dev.millrace.schema;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;

/** The source files of a set of events: one for each named type, and one for each package. */
final class EventSources {
  private final List<String> faults;
  private final TreeMap<String, Generated> types = new TreeMap<>();
  private final Map<String, String> definedBy = new HashMap<>();
  private final Map<String, List<Schema>> events = new HashMap<>();

  /**
   * A type with its Java package.
   *
   * @param former whether it is of a former major version, whose types are all in that one package
   */
  private record Generated(Schema schema, String home, boolean former) {
    String javaName() {
      return home + "." + schema.getName();
    }
  }

  /** @param faults where to say what cannot be generated */
  EventSources(List<String> faults) {
    this.faults = faults;
  }

  /** @param folder where the versions are, for what is said of them */
  void add(List<Schema> versions, Path folder) {
    var majors = Major.of(versions);
    for (var major : majors) {
      var home = major.number() == majors.size() ? Optional.<String>empty() : Optional.of(major.home());
      events.put(home.orElse(major.newest().getNamespace()) + "." + major.newest().getName(),
          versions.subList(0, major.last()));
      collect(major.newest(), folder.resolve("v" + major.last() + ".avsc").toString(), home);
    }
  }

  private void collect(Schema schema, String file, Optional<String> home) {
    switch (schema.getType()) {
      case RECORD, ENUM -> collectNamed(schema, file, home);
      case ARRAY -> collect(schema.getElementType(), file, home);
      case MAP -> collect(schema.getValueType(), file, home);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, file, home));
      default -> {
      }
    }
  }

  private void collectNamed(Schema schema, String file, Optional<String> home) {
    checkNames(schema, file);
    if (schema.getNamespace() == null)
      return;
    var generated = new Generated(schema, home.orElse(schema.getNamespace()), home.isPresent());
    var name = generated.javaName();
    var known = types.putIfAbsent(name, generated);
    var first = definedBy.putIfAbsent(name, file);
    if (known == null) {
      checkMembers(schema, file);
      if (schema.getType() == Schema.Type.RECORD) {
        schema.getFields().forEach(field -> collect(field.schema(), file, home));
      }
    } else if (!known.schema.toString().equals(schema.toString())
        && (!file.equals(first) || !known.schema.getFullName().equals(schema.getFullName()))) {
      faults.add(file + ": defines " + name + " otherwise than " + first
          + " does: make the two the same, or give one another name");
    }
  }

  private void checkNames(Schema schema, String file) {
    if (!JavaNames.isType(schema.getFullName())) {
      faults.add(file + ": " + schema.getFullName()
          + " is no name for a Java type: it needs a namespace, and no part may be a word of the language");
    }
  }

  private void checkMembers(Schema schema, String file) {
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
    types.values().forEach(type -> {
      files.put(path(type.home, type.schema.getName()), source(type));
      files.put(path(type.home, "package-info"), "/** Events, generated from their schemas. */\n"
          + "@NullMarked\npackage " + type.home + ";\n\nimport org.jspecify.annotations.NullMarked;\n");
    });
    return files;
  }

  private static String path(String namespace, String name) {
    return namespace.replace('.', '/') + "/" + name + ".java";
  }

  private String source(Generated type) {
    var schema = type.schema;
    if (schema.getType() == Schema.Type.RECORD) {
      return RecordSource.of(schema, events.getOrDefault(type.javaName(), List.of()),
          new JavaNames(type.home, type.former, siblings(type)));
    }
    var constants = new ArrayList<String>();
    schema.getEnumSymbols().forEach(symbol -> constants.add("  " + JavaNames.constant(symbol)));
    return "package " + type.home + ";\n\n" + Docs.ofType(schema) + "public enum " + schema.getName()
        + " {\n" + String.join(",\n", constants) + "\n}\n";
  }

  private Set<String> siblings(Generated type) {
    var siblings = new TreeSet<String>();
    types.values().stream().filter(other -> other.home.equals(type.home))
        .forEach(other -> siblings.add(other.schema.getName()));
    return siblings;
  }
}
