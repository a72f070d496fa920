package dev.millrace.schema;

import org.jspecify.annotations.Nullable;

/** Reads one value: a step of a plan that is made once for a pair of schemas. */
@FunctionalInterface
interface Read {
  @Nullable
  Object read(AvroInput in);
}
