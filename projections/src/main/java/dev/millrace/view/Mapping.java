package dev.millrace.view;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a record is a row: its columns in the order of its components, and the way from one to the other. The record is
 * looked at once, when the projection is built.
 *
 * @param type the record
 * @param columns one for each component, in their order
 * @param keys those that are the key
 * @param maker makes a record of its components' values
 */
record Mapping<R extends Record>(Class<R> type, List<Column> columns, List<Column> keys,
    RecordMaker<R> maker) {
  /** What a B-tree entry holds is about 2,700 bytes; a character has up to three bytes for each of Java's chars. */
  private static final int MOST_KEY_CHARS = 800;

  /** The mapping, or null and what is wrong, each with the record, the component and what is allowed. */
  static <R extends Record> @Nullable Mapping<R> of(Class<R> type, List<String> problems) {
    int before = problems.size();
    var columns = new ArrayList<Column>();
    var names = new HashSet<String>();
    for (var component : type.getRecordComponents()) {
      var column = ColumnReader.read(type, component, problems);
      if (column == null)
        continue;
      if (!names.add(column.name())) {
        problems.add(type.getSimpleName() + "." + column.field() + " becomes the column " + column.name()
            + ", as another component does: rename one");
      }
      columns.add(column);
    }
    var keys = columns.stream().filter(Column::key).toList();
    if (keys.isEmpty())
      problems.add(type.getSimpleName() + " has no key: mark a component with @Key");
    return problems.size() > before
        ? null
        : new Mapping<>(type, List.copyOf(columns), keys, RecordMaker.of(type));
  }

  /** The columns as one text, to tell two mappings apart. */
  String definition() {
    return columns.stream().map(Column::definition).collect(Collectors.joining(", "));
  }

  /** What the database holds for this row, one value for each column. */
  @Nullable
  Object[] stored(R row) {
    var values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++)
      values[i] = stored(row, columns.get(i));
    return values;
  }

  private static @Nullable Object stored(Record row, Column column) {
    return column.stored(RecordMaker.get(column.get(), row));
  }

  /** The key of a row, for what the database holds. */
  RowKey key(@Nullable Object[] stored) {
    var values = new ArrayList<>(keys.size());
    for (int i = 0; i < stored.length; i++) {
      var value = stored[i];
      if (value != null && columns.get(i).key())
        values.add(value);
    }
    return new RowKey(values);
  }

  /** The row for what the database holds. */
  R row(@Nullable Object[] stored) {
    var components = new Object[stored.length];
    for (int i = 0; i < components.length; i++)
      components[i] = columns.get(i).component(stored[i]);
    return maker.make(components);
  }

  /**
   * What a fold answered, as the database would give it back, so that the next fold sees the same whether the row was stored
   * between two events or not.
   *
   * @param key that of the row which was folded
   * @param was a row that is so already: what the new one took over from it is not looked at again
   * @throws IllegalArgumentException where the row is that of another key, or the database cannot hold it, naming the column
   */
  R canonical(R row, RowKey key, @Nullable R was) {
    @Nullable
    Object[] components = null;
    int keyParts = 0;
    for (int i = 0; i < columns.size(); i++) {
      var column = columns.get(i);
      var keyPart = column.key() ? key.values().get(keyParts++) : null;
      if (column.primitive() && keyPart == null)
        continue;
      var component = RecordMaker.get(column.get(), row);
      if (was != null && isSame(component, RecordMaker.get(column.get(), was)))
        continue;
      var value = column.stored(component);
      if (keyPart == null) {
        check(column, value);
      } else if (!keyPart.equals(value)) {
        throw new IllegalArgumentException("the fold of " + key + " answers a row of another key: " + row);
      }
      if (column.narrows(component, value)) {
        if (components == null)
          components = RecordMaker.components(row).toArray();
        components[i] = column.component(value);
      }
    }
    return components == null ? row : maker.make(components);
  }

  private void check(Column column, @Nullable Object value) {
    if (value == null) {
      if (column.nullable())
        return;
      throw new IllegalArgumentException(type.getSimpleName() + "." + column.field()
          + " is null: mark it @Nullable, or make it an Optional, where it may be");
    }
    var refused = column.type().refuses(value);
    if (refused == null && column.key() && value instanceof String text && text.length() > MOST_KEY_CHARS) {
      refused = "has " + text.length() + " characters, but a key has at most " + MOST_KEY_CHARS;
    }
    if (refused != null)
      throw new IllegalArgumentException(type.getSimpleName() + "." + column.field() + " " + refused);
  }

  @SuppressWarnings("ReferenceEquality") // to spare the look at it, not to compare
  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    return one == other;
  }

  /**
   * The key that a projection's function or a caller gave: one value, or, where the key has several parts, a record or a
   * list of them in their order.
   *
   * @throws IllegalArgumentException where it does not fit the key, saying how
   */
  RowKey keyOf(@Nullable Object key) {
    if (key == null)
      throw new IllegalArgumentException("the key is null");
    List<?> parts = switch (key) {
      case List<?> list -> list;
      case Record record -> RecordMaker.components(record);
      default -> List.of(key);
    };
    if (parts.size() != keys.size()) {
      throw new IllegalArgumentException(
          "the key " + key + " has " + parts.size() + " parts, but the view's key is "
              + keys.stream().map(Column::field).collect(Collectors.joining(", ")));
    }
    var values = new ArrayList<>(keys.size());
    for (int i = 0; i < parts.size(); i++)
      values.add(keyPart(keys.get(i), parts.get(i)));
    return new RowKey(values);
  }

  private Object keyPart(Column column, @Nullable Object part) {
    try {
      var value = part == null ? null : column.toSql().apply(part);
      check(column, value);
      if (value != null)
        return value;
      throw new IllegalArgumentException(column.field() + " is null");
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "the key's " + column.field() + " is " + column.type().words() + ", not "
              + part + " of " + (part == null ? "null" : part.getClass().getName()),
          e);
    }
  }

  /** A stored row as names and plain values, as JSON has them. */
  Map<String, @Nullable Object> plain(@Nullable Object[] stored) {
    var plain = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < stored.length; i++)
      plain.put(columns.get(i).field(), plain(columns.get(i), stored[i]));
    return plain;
  }

  private static @Nullable Object plain(Column column, @Nullable Object value) {
    if (value == null)
      return null;
    return switch (column.type()) {
      case TEXT, BIGINT, INTEGER, BOOLEAN, DOUBLE, NUMERIC -> value;
      case TIMESTAMP, DATE -> value.toString();
      case JSON -> Json.readPlain((String) value);
    };
  }
}
