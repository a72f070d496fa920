package dev.millrace.schema;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;

/** How many bytes a value of a schema takes at least. */
final class MinimumSize {
  private static final int ENOUGH = 1 << 20;

  private MinimumSize() {}

  static int of(Schema schema) {
    return of(schema, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static int of(Schema schema, Set<Schema> within) {
    return switch (schema.getType()) {
      case NULL -> 0;
      case BOOLEAN, INT, LONG, STRING, BYTES, ENUM, ARRAY, MAP -> 1;
      case FLOAT -> 4;
      case DOUBLE -> 8;
      case FIXED -> Math.min(schema.getFixedSize(), ENOUGH);
      case UNION -> 1 + schema.getTypes().stream().mapToInt(branch -> of(branch, within)).min().orElse(0);
      case RECORD -> {
        if (!within.add(schema))
          yield 0;
        long sum = schema.getFields().stream().mapToLong(field -> of(field.schema(), within)).sum();
        within.remove(schema);
        yield (int) Math.min(sum, ENOUGH);
      }
    };
  }
}
