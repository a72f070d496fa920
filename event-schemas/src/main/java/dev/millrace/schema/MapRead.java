package dev.millrace.schema;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a map as an unmodifiable one in the order of the payload.
 *
 * @param minimum how many bytes an entry takes at least, as the writer has it
 */
record MapRead(Read value, int minimum) implements Read {
  @Override
  public Object read(AvroInput in) {
    int count = in.readBlock(minimum);
    if (count == 0)
      return Map.of();
    var entries = new LinkedHashMap<String, @Nullable Object>();
    for (; count > 0; count = in.readBlock(minimum)) {
      for (int i = 0; i < count; i++) {
        var key = in.readString();
        try {
          entries.put(key, value.read(in));
        } catch (PathException e) {
          throw e.inEntry(key);
        }
      }
    }
    return Collections.unmodifiableMap(entries);
  }
}
