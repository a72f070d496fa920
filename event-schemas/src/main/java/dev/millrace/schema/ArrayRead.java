package dev.millrace.schema;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an array as an unmodifiable list.
 *
 * @param minimum how many bytes an item takes at least, as the writer has it: the reader's own schema may have fields
 *     that the payload does not
 * @param nullable whether an item may be null
 */
record ArrayRead(Read item, int minimum, boolean nullable) implements Read {
  @Override
  public Object read(AvroInput in) {
    int count = in.readBlock(minimum);
    if (count == 0)
      return List.of();
    var items = new @Nullable Object[count];
    int size = 0;
    try {
      while (count > 0) {
        if (items.length < size + count) {
          items = Arrays.copyOf(items, Math.max(size + count, size + (size >> 1)));
        }
        for (int end = size + count; size < end; size++) {
          items[size] = item.read(in);
        }
        count = in.readBlock(minimum);
      }
    } catch (PathException e) {
      throw e.inItem(size);
    }
    var exact = items.length == size ? items : Arrays.copyOf(items, size);
    return nullable ? Collections.unmodifiableList(Arrays.asList(exact)) : notNull(exact);
  }

  @SuppressWarnings("NullAway") // the reader's schema has no null here
  private static List<Object> notNull(@Nullable Object[] items) {
    return List.of(items);
  }
}
