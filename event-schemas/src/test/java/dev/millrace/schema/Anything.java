package dev.millrace.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A record of any schema, as the property tests need one without a class for each. */
record Anything(List<String> names, List<@Nullable Object> values) implements Event {
  /** Constants for any enum: the n-th is its n-th symbol. */
  enum Constant {
    C0, C1, C2, C3, C4, C5
  }

  static EventType<Anything> type(Schema schema) {
    return EventType.of(shape(schema, new HashMap<>()), List.of(schema.toString()));
  }

  private static Shape<Anything> shape(Schema schema, Map<String, Shape<?>> known) {
    var records = new HashMap<String, Supplier<Shape<?>>>();
    var enums = new HashMap<String, List<? extends Enum<?>>>();
    schema.getFields().forEach(field -> collect(field.schema(), known, records, enums));
    var names = schema.getFields().stream().map(Schema.Field::name).toList();
    var shape = new Shape<>(Anything.class, names, (record, i) -> record.values.get(i),
        values -> new Anything(names, Arrays.asList(values)), records, enums);
    known.put(schema.getFullName(), shape);
    return shape;
  }

  private static void collect(Schema schema, Map<String, Shape<?>> known,
      Map<String, Supplier<Shape<?>>> records,
      Map<String, List<? extends Enum<?>>> enums) {
    switch (schema.getType()) {
      case RECORD -> {
        if (records.containsKey(schema.getFullName()))
          return;
        records.put(schema.getFullName(), () -> {
          var shape = known.get(schema.getFullName());
          return shape != null ? shape : shape(schema, known);
        });
      }
      case ENUM ->
        enums.put(schema.getFullName(),
            List.of(Constant.values()).subList(0, schema.getEnumSymbols().size()));
      case ARRAY -> collect(schema.getElementType(), known, records, enums);
      case MAP -> collect(schema.getValueType(), known, records, enums);
      case UNION ->
        new ArrayList<>(schema.getTypes()).forEach(branch -> collect(branch, known, records, enums));
      default -> {
      }
    }
  }

  @Override
  public EventType<Anything> eventType() {
    throw new IllegalStateException("its type is given where it is encoded");
  }
}
