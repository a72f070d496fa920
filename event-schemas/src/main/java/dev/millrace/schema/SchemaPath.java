package dev.millrace.schema;

import org.apache.avro.Schema;

/** Where in a schema something is, said as a path of fields instead of a JSON pointer. */
final class SchemaPath {
  private SchemaPath() {}

  /** @param pointer as Avro gives it, such as {@code /fields/2/type/items/fields/0/type} */
  static String of(Schema schema, String pointer) {
    var path = new StringBuilder();
    var at = schema;
    var steps = pointer.split("/", -1);
    for (int i = 1; i < steps.length; i++) {
      switch (at.getType()) {
        case RECORD -> {
          if (!steps[i].equals("fields") || i + 1 == steps.length)
            return path.toString();
          var field = at.getFields().get(Integer.parseInt(steps[++i]));
          path.append(path.isEmpty() ? "" : ".").append(field.name());
          at = field.schema();
          if (i + 1 < steps.length && steps[i + 1].equals("type"))
            i++;
        }
        case ARRAY -> {
          if (!steps[i].equals("items"))
            return path.toString();
          path.append("[]");
          at = at.getElementType();
        }
        case MAP -> {
          if (!steps[i].equals("values"))
            return path.toString();
          path.append("{}");
          at = at.getValueType();
        }
        case UNION -> at = at.getTypes().get(Integer.parseInt(steps[i]));
        default -> {
          return path.toString();
        }
      }
    }
    return path.toString();
  }
}
