package dev.millrace.schema;

import org.jspecify.annotations.Nullable;

/** Writes one value: a step of a plan that is made once for a schema and the record that has its values. */
@FunctionalInterface
interface Write {
  void write(AvroOutput out, @Nullable Object value);
}
