package dev.millrace.schema;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Writes the Java record of an Avro record. */
final class RecordSource {
  private static final String HOME = "dev.millrace.schema.";

  private final Schema schema;
  private final JavaNames names;
  private final String simpleName;

  private RecordSource(Schema schema, JavaNames names) {
    this.schema = schema;
    this.names = names;
    this.simpleName = schema.getName();
  }

  /**
   * The source of the record.
   *
   * @param versions every version of an event's schema; empty for a record that is not an event
   */
  static String of(Schema schema, List<Schema> versions, JavaNames names) {
    var body = new RecordSource(schema, names).body(versions);
    return "package " + names.home() + ";\n\n" + names.imports() + "\n" + body;
  }

  private String body(List<Schema> versions) {
    boolean event = !versions.isEmpty();
    var text = new StringBuilder(Docs.ofRecord(schema));
    text.append("@").append(names.type("javax.annotation.processing.Generated")).append("(\"").append(HOME)
        .append("EventGenerator\")\npublic record ").append(simpleName).append("(").append(components())
        .append(")");
    text.append(event ? " implements " + names.type(HOME + "Event") : "").append(" {\n");
    text.append(shape());
    if (event) {
      text.append(type(versions));
    }
    text.append(constructor()).append(accessors());
    if (event) {
      text.append("\n  @").append(names.type("java.lang.Override")).append("\n  public ")
          .append(names.type(HOME + "EventType")).append("<").append(simpleName)
          .append("> eventType() {\n    return TYPE;\n  }\n");
    }
    return text.append(getter()).append(maker()).append("}\n").toString();
  }

  private String components() {
    return lines(schema.getFields().stream()
        .map(field -> declared(field.schema(), false) + " " + JavaNames.component(field.name())).toList());
  }

  private static String lines(List<String> parts) {
    return parts.isEmpty() ? "" : "\n    " + String.join(",\n    ", parts);
  }

  private String shape() {
    var records = new TreeMap<String, String>();
    var enums = new TreeMap<String, String>();
    schema.getFields().forEach(field -> collectNamed(field.schema(), records, enums));
    var list = names.type("java.util.List");
    var shape = names.type(HOME + "Shape");
    return """

          /** How the codec takes this record apart and puts it together. */
          public static final %1$s<%2$s> SHAPE = new %1$s<>(%2$s.class, %3$s.of(%4$s),
            %2$s::component, %2$s::make, %5$s, %6$s, true);
        """.formatted(shape, simpleName, list,
        lines(schema.getFields().stream().map(field -> "\"" + field.name() + "\"").toList()),
        entries(records),
        entries(enums));
  }

  private void collectNamed(Schema type, Map<String, String> records, Map<String, String> enums) {
    switch (type.getType()) {
      case RECORD -> records.put(type.getFullName(), "() -> " + names.of(type) + ".SHAPE");
      case ENUM -> enums.put(type.getFullName(),
          names.type("java.util.List") + ".of(" + names.of(type) + ".values())");
      case ARRAY -> collectNamed(type.getElementType(), records, enums);
      case MAP -> collectNamed(type.getValueType(), records, enums);
      case UNION -> type.getTypes().forEach(branch -> collectNamed(branch, records, enums));
      default -> {
      }
    }
  }

  private String entries(Map<String, String> entries) {
    var map = names.type("java.util.Map");
    return map + (entries.isEmpty() ? ".of(" : ".ofEntries(") + lines(entries.entrySet().stream()
        .map(entry -> map + ".entry(\"" + entry.getKey() + "\", " + entry.getValue() + ")").toList()) + ")";
  }

  private String type(List<Schema> versions) {
    var texts = versions.stream()
        .map(version -> "\"\"\"\n" + Docs.textBlock(Docs.pretty(version)) + "\"\"\"")
        .toList();
    return "\n  /** The type of this event, with every version of its schema. */\n  public static final "
        + names.type(HOME + "EventType") + "<" + simpleName + "> TYPE = " + names.type(HOME + "EventType")
        + ".of(SHAPE, " + names.type("java.util.List") + ".of(" + String.join(", ", texts) + ")"
        + former(versions)
        + ");\n";
  }

  private String former(List<Schema> versions) {
    var majors = Major.of(versions);
    if (majors.size() == 1)
      return "";
    var former = majors.get(majors.size() - 2);
    return ", " + names.type(former.home() + "." + former.newest().getName()) + ".TYPE, new "
        + names.type(Major.upcaster(majors.getLast().versions().getFirst()).orElseThrow()) + "()";
  }

  private String constructor() {
    var lines = new StringBuilder();
    for (var field : schema.getFields()) {
      lines.append(new Freeze(names).statement(field));
    }
    return lines.isEmpty() ? "" : "\n  public " + simpleName + " {\n" + lines + "  }\n";
  }

  /** They say what is used. A buffer has a position that reading moves: each caller gets a view of its own. */
  private String accessors() {
    var text = new StringBuilder();
    for (var field : schema.getFields()) {
      var name = JavaNames.component(field.name());
      text.append("\n  @").append(names.type("java.lang.Override")).append("\n  public ")
          .append(declared(field.schema(), false)).append(" ").append(name).append("() {\n    SHAPE.used(")
          .append(field.pos()).append(");\n    return ").append(value(field, name)).append(";\n  }\n");
    }
    return text.toString();
  }

  private static String value(Schema.Field field, String name) {
    if (!isBuffer(nonNull(field.schema())))
      return name;
    return field.schema().isNullable()
        ? name + " == null ? null : " + name + ".duplicate()"
        : name + ".duplicate()";
  }

  private static boolean isBuffer(Schema type) {
    return (type.getType() == Schema.Type.BYTES || type.getType() == Schema.Type.FIXED)
        && !ScalarReads.isDecimal(type) && !ScalarReads.isUuid(type);
  }

  private String getter() {
    var last = "throw new " + names.type("java.lang.IndexOutOfBoundsException") + "(index);\n";
    var cases = new StringBuilder();
    for (var field : schema.getFields()) {
      cases.append("      case ").append(field.pos()).append(" -> event.")
          .append(JavaNames.component(field.name()))
          .append(";\n");
    }
    var body = cases.isEmpty()
        ? "    " + last
        : "    return switch (index) {\n" + cases + "      default -> " + last + "    };\n";
    return "\n  private static " + names.nullable(names.type("java.lang.Object")) + " component(" + simpleName
        + " event, int index) {\n" + body + "  }\n";
  }

  private String maker() {
    var object = names.type("java.lang.Object");
    var values = schema.getFields().stream().map(field -> {
      var type = javaType(field.schema(), true);
      return (type.equals(object) ? "" : "(" + type + ") ") + "values[" + field.pos() + "]";
    }).toList();
    return "\n  @" + names.type("java.lang.SuppressWarnings")
        + "({\"unchecked\", \"NullAway\"}) // the values are of this record's own schema\n"
        + "  private static " + simpleName + " make(" + names.nullable(object)
        + "[] values) {\n    return new "
        + simpleName + "(" + lines(values) + ");\n  }\n";
  }

  /** The type as a component or a type argument declares it. */
  private String declared(Schema type, boolean boxed) {
    return type.isNullable() ? names.nullable(javaType(type, true)) : javaType(type, boxed);
  }

  private String javaType(Schema type, boolean boxed) {
    var logical = LogicalValue.of(type);
    if (logical.isPresent())
      return names.type(logical.get().javaType().getName());
    if (type.getLogicalType() instanceof LogicalTypes.Decimal)
      return names.type("java.math.BigDecimal");
    if (ScalarReads.isUuid(type))
      return names.type("java.util.UUID");
    return switch (type.getType()) {
      case BOOLEAN -> boxed ? names.type("java.lang.Boolean") : "boolean";
      case INT -> boxed ? names.type("java.lang.Integer") : "int";
      case LONG -> boxed ? names.type("java.lang.Long") : "long";
      case FLOAT -> boxed ? names.type("java.lang.Float") : "float";
      case DOUBLE -> boxed ? names.type("java.lang.Double") : "double";
      case STRING -> names.type("java.lang.String");
      case BYTES, FIXED -> names.type("java.nio.ByteBuffer");
      case RECORD, ENUM -> names.of(type);
      case ARRAY -> names.type("java.util.List") + "<" + declared(type.getElementType(), true) + ">";
      case MAP -> names.type("java.util.Map") + "<" + names.type("java.lang.String") + ", "
          + declared(type.getValueType(), true) + ">";
      case UNION -> {
        var only = nonNull(type);
        yield only.getType() == Schema.Type.UNION ? names.type("java.lang.Object") : javaType(only, true);
      }
      case NULL -> names.type("java.lang.Object");
    };
  }

  /** The type beside null in a union of two; any other type is itself. */
  static Schema nonNull(Schema type) {
    if (type.getType() != Schema.Type.UNION)
      return type;
    var others = type.getTypes().stream().filter(branch -> branch.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.getFirst() : type;
  }
}
