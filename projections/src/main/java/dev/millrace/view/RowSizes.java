package dev.millrace.view;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * About how much memory rows take that are kept in a map by their keys, on a 64-bit JVM with compressed references: the mean of
 * the rows that were looked at, for all.
 */
final class RowSizes {
  /** The row, its key, and their place in the map. */
  private static final int ROW = 160;
  private static final int VALUE = 24;

  private final Mapping<?> mapping;
  private long bytes;
  private long rows;

  RowSizes(Mapping<?> mapping) {
    this.mapping = mapping;
  }

  /** What so many rows take. */
  long of(long count) {
    return rows == 0 ? 0 : count * (bytes / rows);
  }

  /** Looks at a row as the database holds it. */
  void add(@Nullable Object[] stored) {
    long size = ROW;
    for (int i = 0; i < stored.length; i++) {
      // A key's value is there once more, in the key.
      size += size(stored[i]) * (mapping.columns().get(i).key() ? 2 : 1);
    }
    bytes += size;
    rows++;
  }

  private static long size(@Nullable Object value) {
    return VALUE + switch (value) {
      case null -> 0;
      case String text -> 24 + (long) text.length();
      case BigDecimal number -> 24 + number.precision() / 2;
      default -> 8;
    };
  }
}
