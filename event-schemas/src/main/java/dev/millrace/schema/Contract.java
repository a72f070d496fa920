package dev.millrace.schema;

import static dev.millrace.schema.SchemaException.Code.INVALID_CONTRACT;

import java.util.EnumSet;
import java.util.Set;
import org.apache.avro.Schema;

/** What an event's schema must say beside its fields: {@code stream}, {@code key} and {@code owner}. */
record Contract(Schema schema) {
  private static final Set<Schema.Type> KEY_TYPES = EnumSet.of(Schema.Type.STRING, Schema.Type.INT,
      Schema.Type.LONG,
      Schema.Type.ENUM);

  /** @throws SchemaException INVALID_CONTRACT, naming the schema, what is wrong and what would be right */
  void check() {
    if (schema.getType() != Schema.Type.RECORD) {
      throw invalid("is " + schema.getType().getName() + ", but an event is a record");
    }
    for (var property : new String[]{"stream", "key", "owner"}) {
      var value = schema.getProp(property);
      if (value == null || value.isBlank()) {
        throw invalid(
            "does not say its \"" + property + "\": add \"" + property + "\": \"…\" beside its \"name\"");
      }
    }
    var level = schema.getProp("compatibility");
    if (level != null) {
      try {
        Level.of(level);
      } catch (IllegalArgumentException e) {
        throw invalid("has the \"compatibility\" " + e.getMessage());
      }
    }
    var key = schema.getField(schema.getProp("key"));
    if (key == null) {
      throw invalid("has the key \"" + schema.getProp("key") + "\", which is none of its fields");
    }
    if (!KEY_TYPES.contains(key.schema().getType())) {
      throw invalid("has the key \"" + key.name() + "\", a " + key.schema().getType().getName()
          + ", but a key is a string, an int, a long or an enum, and never null");
    }
  }

  /** @throws SchemaException INVALID_CONTRACT where the shape's fields are not the schema's */
  void check(Shape<?> shape) {
    var fields = schema.getFields().stream().map(Schema.Field::name).toList();
    if (!fields.equals(shape.fields())) {
      throw invalid("has the fields " + fields + ", but the shape of " + shape.type().getName() + " has "
          + shape.fields() + ": generate the record anew from its newest schema");
    }
  }

  /** @throws SchemaException INVALID_CONTRACT where the newest major version does not follow the former one's last */
  void check(Major newest, int former) {
    if (newest.first() != former + 1) {
      throw invalid(
          "begins its newest major version with v" + newest.first() + ", but has the upcaster from v" + former
              + ": generate the record anew from its schemas");
    }
  }

  private SchemaException invalid(String what) {
    return new SchemaException(INVALID_CONTRACT, schema.getFullName() + " " + what);
  }
}
