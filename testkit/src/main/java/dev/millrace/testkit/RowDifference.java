package dev.millrace.testkit;

import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import dev.millrace.view.MemoryView;
import dev.millrace.view.Projection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The first row, in the order of the keys, that two folds of one projection do not have in common.
 *
 * @param key the values of the row's key, in the order of its components
 * @param one the row of the one fold; null where it has none
 * @param other the row of the other; null where it has none
 * @param differing how many rows differ, this one included
 */
record RowDifference<R extends Record>(Projection<R> projection, List<?> key, @Nullable R one,
    @Nullable R other, int differing) {
  private static final int MOST_EVENTS = 12;

  static <R extends Record> Optional<RowDifference<R>> between(Projection<R> projection, List<R> one,
      List<R> other) {
    var before = byKey(projection, one);
    var after = byKey(projection, other);
    var keys = new LinkedHashSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
    return keys.stream().findFirst()
        .map(key -> new RowDifference<>(projection, key, before.get(key), after.get(key), keys.size()));
  }

  private static <R extends Record> Map<List<?>, R> byKey(Projection<R> projection, List<R> rows) {
    var places = projection.keyColumns().stream().map(projection.columns()::indexOf).toList();
    var byKey = new LinkedHashMap<List<?>, R>();
    for (var row : rows) {
      var values = values(row);
      byKey.put(places.stream().map(values::get).toList(), row);
    }
    return byKey;
  }

  /** The row by its key, and each field that differs with what the folds made of it; the two named as they are here. */
  String text(String oneFold, String otherFold) {
    var named = new ArrayList<String>();
    for (int i = 0; i < key.size(); i++)
      named.add(projection.keyColumns().get(i) + "=" + key.get(i));
    var text = new StringBuilder("the row of ").append(String.join(", ", named));
    if (one == null || other == null) {
      text.append(" is there ").append(one == null ? otherFold : oneFold).append(": ")
          .append(one == null ? other : one).append(", and not ").append(one == null ? oneFold : otherFold);
    } else {
      var before = values(one);
      var after = values(other);
      for (int i = 0; i < before.size(); i++) {
        if (!Objects.equals(before.get(i), after.get(i))) {
          text.append("\n  ").append(projection.columns().get(i)).append(" is ").append(before.get(i))
              .append(' ').append(oneFold).append(", and ").append(after.get(i)).append(' ')
              .append(otherFold);
        }
      }
    }
    return differing == 1 ? text.toString() : text + "\n(and " + (differing - 1) + " more rows differ)";
  }

  /** Those of the events that change this row where they are folded in this order: a line for each. */
  String changes(List<LogRecord> order, EventCodec codec) {
    var view = new MemoryView<>(projection, codec);
    var lines = new ArrayList<String>();
    for (var record : order) {
      var before = view.row(key);
      view.apply(List.of(record));
      var after = view.row(key);
      if (!after.equals(before)) {
        lines.add("\n    " + record.envelope().id() + ", " + record.envelope().type() + " of the key "
            + record.key() + ": " + after.map(Object::toString).orElse("removed"));
      }
    }
    int shown = Math.min(lines.size(), MOST_EVENTS);
    return lines.stream().limit(shown).collect(Collectors.joining())
        + (shown < lines.size() ? "\n    and " + (lines.size() - shown) + " more" : "");
  }

  private static List<@Nullable Object> values(Record row) {
    var values = new ArrayList<@Nullable Object>();
    for (var component : row.getClass().getRecordComponents()) {
      try {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        values.add(accessor.invoke(row));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(row.getClass().getName() + "." + component.getName()
            + " cannot be read: its accessor threw, or is not open to the test kit", e);
      }
    }
    return values;
  }
}
