package dev.millrace.view;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one generation. Statements take arrays of values, one for each column, thousands of rows at a time: six times
 * as fast as row by row. All lock rows in the order of their keys, so that runners that share rows do not deadlock.
 */
final class RowTable<R extends Record> {
  private static final int ROWS_OF_A_STATEMENT = 2_000;

  private final Mapping<R> mapping;
  private final List<Column> columns;
  private final List<Column> keys;
  private final String load;
  private final String insert;
  private final String update;
  private final String delete;

  /** @param table its name, quoted */
  RowTable(String table, Mapping<R> mapping) {
    this.mapping = mapping;
    this.columns = mapping.columns();
    this.keys = mapping.keys();
    var names = columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    var sameKey = keys.stream().map(key -> "t." + key.quoted() + " = u." + key.quoted() + key.type().cast())
        .collect(Collectors.joining(" AND "));
    this.load = "SELECT " + prefixed(columns, "") + " FROM " + table + " t JOIN " + unnest(keys) + " ON "
        + sameKey
        + " ORDER BY " + prefixed(keys, "") + " FOR UPDATE OF t";
    this.insert = "INSERT INTO " + table + " (" + names + ") SELECT "
        + columns.stream().map(column -> "u." + column.quoted() + column.type().cast())
            .collect(Collectors.joining(", "))
        + " FROM " + unnest(columns) + " ON CONFLICT DO NOTHING";
    this.update = "UPDATE " + table + " t SET "
        + columns.stream().filter(column -> !column.key())
            .map(column -> column.quoted() + " = u." + column.quoted() + column.type().cast())
            .collect(Collectors.joining(", "))
        + " FROM " + unnest(columns) + " WHERE " + sameKey;
    this.delete = "DELETE FROM " + table + " t USING " + unnest(keys) + " WHERE " + sameKey;
  }

  private static String prefixed(List<Column> columns, String behind) {
    return columns.stream().map(column -> "t." + column.quoted() + behind).collect(Collectors.joining(", "));
  }

  private static String unnest(List<Column> columns) {
    return "unnest(" + columns.stream().map(column -> "?::" + column.type().element() + "[]")
        .collect(Collectors.joining(", ")) + ") AS u("
        + columns.stream().map(Column::quoted).collect(Collectors.joining(", ")) + ")";
  }

  static String ddl(String table, Mapping<?> mapping) {
    return "CREATE TABLE " + table + " ("
        + mapping.columns().stream().map(Column::ddl).collect(Collectors.joining(", ")) + ", PRIMARY KEY ("
        + mapping.keys().stream().map(Column::quoted).collect(Collectors.joining(", "))
        + ")) WITH (fillfactor = 80)";
  }

  /** The rows of these keys that there are, locked until the transaction ends. */
  Map<RowKey, R> load(Connection connection, Collection<RowKey> wanted) throws SQLException {
    var rows = new HashMap<RowKey, R>(wanted.size() * 2);
    for (var chunk : chunks(wanted.stream().sorted().toList())) {
      try (var statement = connection.prepareStatement(load)) {
        bindKeys(statement, chunk);
        try (var result = statement.executeQuery()) {
          while (result.next()) {
            var stored = new Object[columns.size()];
            for (int i = 0; i < stored.length; i++)
              stored[i] = columns.get(i).type().read(result, i + 1);
            rows.put(mapping.key(stored), mapping.row(stored));
          }
        }
      }
    }
    return rows;
  }

  /** Adds new rows; false where another transaction has added one of them: this one is then to be rolled back. */
  boolean insert(Connection connection, SortedMap<RowKey, R> rows) throws SQLException {
    return writeRows(connection, insert, rows) == rows.size();
  }

  /** Changes rows that this transaction has loaded. */
  void update(Connection connection, SortedMap<RowKey, R> rows) throws SQLException {
    expect(rows.size(), writeRows(connection, update, rows));
  }

  /** Takes rows away that this transaction has loaded. */
  void delete(Connection connection, List<RowKey> wanted) throws SQLException {
    int count = 0;
    for (var chunk : chunks(wanted)) {
      try (var statement = connection.prepareStatement(delete)) {
        bindKeys(statement, chunk);
        count += statement.executeUpdate();
      }
    }
    expect(wanted.size(), count);
  }

  private int writeRows(Connection connection, String sql, SortedMap<RowKey, R> rows) throws SQLException {
    int count = 0;
    for (var chunk : chunks(List.copyOf(rows.values()))) {
      var stored = chunk.stream().map(mapping::stored).toList();
      try (var statement = connection.prepareStatement(sql)) {
        for (int column = 0; column < columns.size(); column++) {
          var type = columns.get(column).type();
          var values = new Object[stored.size()];
          for (int row = 0; row < values.length; row++) {
            var value = stored.get(row)[column];
            values[row] = value == null ? null : type.bind(value);
          }
          bind(statement, column + 1, type, values);
        }
        count += statement.executeUpdate();
      }
    }
    return count;
  }

  private void bindKeys(PreparedStatement statement, List<RowKey> chunk) throws SQLException {
    for (int part = 0; part < keys.size(); part++) {
      var type = keys.get(part).type();
      var values = new Object[chunk.size()];
      for (int i = 0; i < values.length; i++)
        values[i] = type.bind(chunk.get(i).values().get(part));
      bind(statement, part + 1, type, values);
    }
  }

  private static void bind(PreparedStatement statement, int index, ColumnType type, @Nullable Object[] values)
      throws SQLException {
    statement.setArray(index, statement.getConnection().createArrayOf(type.element(), values));
  }

  private static <T> List<List<T>> chunks(List<T> all) {
    return IntStream.range(0, (all.size() + ROWS_OF_A_STATEMENT - 1) / ROWS_OF_A_STATEMENT)
        .mapToObj(
            i -> all.subList(i * ROWS_OF_A_STATEMENT, Math.min(all.size(), (i + 1) * ROWS_OF_A_STATEMENT)))
        .toList();
  }

  private static void expect(int rows, int count) {
    if (rows != count) {
      throw new ViewException(ViewException.Code.INTERNAL, "wrote " + count + " of " + rows
          + " rows that were locked: something other than Millrace changes the view's table");
    }
  }
}
