package dev.millrace.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key of a row as the database holds it: texts, longs, integers, booleans, dates, times.
 *
 * @param values one for each key column, in the columns' order
 */
record RowKey(List<Object> values) implements Comparable<RowKey> {
  RowKey { values = List.copyOf(values); }

  // A rebuild looks up a row for each event: these two are asked more often than anything else.
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof RowKey(var others)) || others.size() != values.size())
      return false;
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).equals(others.get(i)))
        return false;
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < values.size(); i++)
      hash = hash * 31 + values.get(i).hashCode();
    return hash;
  }

  @Override
  public int compareTo(RowKey other) {
    for (int i = 0; i < values.size(); i++) {
      int order = compare(values.get(i), other.values.get(i));
      if (order != 0)
        return order;
    }
    return 0;
  }

  @SuppressWarnings("unchecked") // key columns hold values of one comparable type
  private static int compare(Object one, Object other) {
    return ((Comparable<Object>) one).compareTo(other);
  }

  @Override
  public String toString() {
    return values.size() == 1 ? values.getFirst().toString() : values.toString();
  }
}
