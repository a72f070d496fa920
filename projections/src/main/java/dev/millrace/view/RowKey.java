package dev.millrace.view;

import java.util.List;

/**
 * The key of a row as the database holds it: texts, longs, integers, booleans, dates, times.
 *
 * @param values one for each key column, in the columns' order
 */
record RowKey(List<Object> values) implements Comparable<RowKey> {
  RowKey { values = List.copyOf(values); }

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
