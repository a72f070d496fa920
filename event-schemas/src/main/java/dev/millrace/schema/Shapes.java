package dev.millrace.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * The shapes and enum constants of one event type by the full names of their schemas, former names included. Without any,
 * records are maps and enums are texts.
 *
 * @param newest the newest schema of each name, which the record's components follow
 */
record Shapes(Map<String, Shape<?>> records, Map<String, List<? extends Enum<?>>> enums,
    Map<String, Schema> newest) {
  static final Shapes NONE = new Shapes(Map.of(), Map.of(), Map.of());

  static Shapes of(EventType<?> type) {
    var shapes = new Shapes(new HashMap<>(), new HashMap<>(), new HashMap<>());
    shapes.records.put(type.name(), type.shape());
    shapes.collect(type.shape());
    shapes.index(type.newest());
    return shapes;
  }

  private void collect(Shape<?> shape) {
    enums.putAll(shape.enums());
    shape.records().forEach((name, supplier) -> {
      if (!records.containsKey(name)) {
        var nested = supplier.get();
        records.put(name, nested);
        collect(nested);
      }
    });
  }

  private void index(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        if (newest.containsKey(schema.getFullName()))
          return;
        indexNames(schema, Optional.ofNullable(records.get(schema.getFullName())));
        schema.getFields().forEach(field -> index(field.schema()));
      }
      case ENUM -> indexNames(schema, Optional.empty());
      case ARRAY -> index(schema.getElementType());
      case MAP -> index(schema.getValueType());
      case UNION -> schema.getTypes().forEach(this::index);
      default -> {
      }
    }
  }

  private void indexNames(Schema schema, Optional<Shape<?>> shape) {
    newest.put(schema.getFullName(), schema);
    var constants = enums.get(schema.getFullName());
    for (var alias : schema.getAliases()) {
      newest.putIfAbsent(alias, schema);
      shape.ifPresent(present -> records.putIfAbsent(alias, present));
      if (constants != null) {
        enums.putIfAbsent(alias, constants);
      }
    }
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  Shape<?> record(Schema schema) {
    var shape = records.get(schema.getFullName());
    if (shape == null) {
      throw missing(schema, "record", "records");
    }
    return shape;
  }

  List<? extends Enum<?>> constants(Schema schema) {
    var constants = enums.get(schema.getFullName());
    if (constants == null) {
      throw missing(schema, "enum", "enums");
    }
    return constants;
  }

  /** The newest schema of a record or enum that an older schema names. */
  Schema newest(Schema schema) {
    return newest.getOrDefault(schema.getFullName(), schema);
  }

  private static SchemaException missing(Schema schema, String what, String where) {
    return new SchemaException(SchemaException.Code.INVALID_CONTRACT, "no shape names the " + what + " "
        + schema.getFullName() + ": add it to the " + where + " of the shape that holds it");
  }
}
