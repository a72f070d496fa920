package dev.millrace.schema;

import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/** How many bytes a value of a schema takes at least. */
final class MinimumSize {
  private static final int ENOUGH = 1 << 20;

  private MinimumSize() {}

  static int of(Schema schema) {
    return of(schema, new IdentityHashMap<>());
  }

  /** @param known the records that were met: 0 as long as one is not done, which is right at the least */
  private static int of(Schema schema, Map<Schema, Integer> known) {
    return switch (schema.getType()) {
      case NULL -> 0;
      case BOOLEAN, INT, LONG, STRING, BYTES, ENUM, ARRAY, MAP -> 1;
      case FLOAT -> 4;
      case DOUBLE -> 8;
      case FIXED -> Math.min(schema.getFixedSize(), ENOUGH);
      case UNION -> 1 + schema.getTypes().stream().mapToInt(branch -> of(branch, known)).min().orElse(0);
      case RECORD -> {
        var met = known.putIfAbsent(schema, 0);
        if (met != null)
          yield met;
        long sum = schema.getFields().stream().mapToLong(field -> of(field.schema(), known)).sum();
        int size = (int) Math.min(sum, ENOUGH);
        known.put(schema, size);
        yield size;
      }
    };
  }
}
