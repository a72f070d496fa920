package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows in which two generations of a view differ. Both tables are read once, in the database: a checksum of each bucket of
 * keys, which does not depend on the rows' order. Only buckets that differ are read again, row by row, and only rows that
 * differ leave the database. All of it in the caller's transaction, which must see both tables as of one moment.
 *
 * <p>Columns that only one of them has, or in another type, are not compared: the row says that they are others. Of those that
 * both have, some may be declared to differ.
 */
final class GenerationDiff {
  /** One wrong row among ten million has another ten thousand read again. */
  static final int BUCKETS = 1_024;
  private static final Bucket NONE = new Bucket(0, "", "");

  /**
   * What was found.
   *
   * @param unexpected how many of the different rows differ in what was not declared
   * @param examples the unexpected ones first, in the order of their keys
   */
  record Found(long live, long rebuilt, long different, long unexpected,
      List<Comparison.Difference> examples) {}

  private record Bucket(long rows, String undeclared, String declared) {}

  private final Projection<?> projection;
  private final List<String> keys;
  private final Set<String> undeclared;
  private final Set<String> declared;

  private GenerationDiff(Projection<?> projection, Set<String> common) {
    this.projection = projection;
    this.keys = projection.mapping().keys().stream().map(Column::quoted).toList();
    this.declared = projection.mapping().columns().stream()
        .filter(column -> projection.changedFields().contains(column.field())).map(Column::name)
        .filter(common::contains).map(Identifier::quote).collect(Collectors.toCollection(LinkedHashSet::new));
    this.undeclared = common.stream().map(Identifier::quote).filter(name -> !declared.contains(name))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static Found find(Connection connection, Projection<?> projection, int live, int other)
      throws SQLException {
    return find(connection, projection, live, other, BUCKETS);
  }

  /**
   * Finds what differs in the first so many of the buckets.
   *
   * @throws ViewException DEFINITION_CHANGED where their keys are others: there is no row to compare with
   */
  static Found find(Connection connection, Projection<?> projection, int live, int other,
      int sample) throws SQLException {
    var common = columns(connection, projection.sqlTable(live));
    common.entrySet().retainAll(columns(connection, projection.sqlTable(other)).entrySet());
    for (var key : projection.mapping().keys()) {
      if (!common.containsKey(key.name())) {
        throw new ViewException(DEFINITION_CHANGED, "generations " + live + " and " + other + " of "
            + projection.name() + " have other keys: their rows cannot be compared");
      }
    }
    return new GenerationDiff(projection, common.keySet()).find(connection, live, other, sample);
  }

  /** The columns of a table and their types. */
  private static Map<String, String> columns(Connection connection, String table) throws SQLException {
    try (var statement = connection.prepareStatement("""
        SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """)) {
      statement.setString(1, table);
      var columns = new LinkedHashMap<String, String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          columns.put(rows.getString(1), rows.getString(2));
      }
      return columns;
    }
  }

  private Found find(Connection connection, int live, int other, int sample) throws SQLException {
    var before = buckets(connection, projection.sqlTable(live));
    var after = buckets(connection, projection.sqlTable(other));
    var differ = new ArrayList<Integer>();
    for (int bucket = 0; bucket < sample; bucket++) {
      if (!before.getOrDefault(bucket, NONE).equals(after.getOrDefault(bucket, NONE)))
        differ.add(bucket);
    }
    var rows = differ.isEmpty() ? new Rows(0, 0, List.of()) : rows(connection, live, other, differ);
    return new Found(rows(before, sample), rows(after, sample), rows.different, rows.unexpected,
        rows.examples);
  }

  private static long rows(Map<Integer, Bucket> buckets, int sample) {
    return buckets.entrySet().stream().filter(one -> one.getKey() < sample)
        .mapToLong(one -> one.getValue().rows)
        .sum();
  }

  private String bucket() {
    return bucket(keys);
  }

  /** The bucket of a row, in SQL; of its quoted key columns. */
  static String bucket(List<String> keys) {
    return "(hashtextextended(ROW(" + String.join(", ", keys) + ")::text, 0) & " + (BUCKETS - 1) + ")::int";
  }

  /** The values of some columns as one text. */
  private static String text(String table, Set<String> columns) {
    return "ROW(" + columns.stream().map(column -> table + "." + column).collect(Collectors.joining(", "))
        + ")::text";
  }

  private static String checksum(Set<String> columns) {
    return columns.isEmpty() ? "0" : "sum(hashtextextended(" + text("t", columns) + ", 1)::numeric)";
  }

  private Map<Integer, Bucket> buckets(Connection connection, String table) throws SQLException {
    var buckets = new LinkedHashMap<Integer, Bucket>();
    // What is declared is bound to its key: the same values at other rows are not the same.
    var keyed = new LinkedHashSet<>(keys);
    keyed.addAll(declared);
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT " + bucket() + ", count(*), " + checksum(undeclared) + ", "
            + (declared.isEmpty() ? "0" : checksum(keyed)) + " FROM " + table + " t GROUP BY 1")) {
      while (rows.next())
        buckets.put(rows.getInt(1), new Bucket(rows.getLong(2), rows.getString(3), rows.getString(4)));
    }
    return buckets;
  }

  private record Rows(long different, long unexpected, List<Comparison.Difference> examples) {}

  private Rows rows(Connection connection, int live, int other, List<Integer> buckets) throws SQLException {
    var some = " WHERE " + bucket() + " = ANY(?)) ";
    var alone = "\"Old\"." + keys.getFirst() + " IS NULL OR \"New\"." + keys.getFirst() + " IS NULL";
    var differs = differs(undeclared);
    var sql = "SELECT count(*) OVER (), count(*) FILTER (WHERE unexpected) OVER (), unexpected, was, now FROM ("
        + "SELECT " + String.join(", ", keys)
        + ", to_jsonb(\"Old\")::text AS was, to_jsonb(\"New\")::text AS now, CASE WHEN "
        + alone + " THEN " + !projection.changesRows() + " ELSE " + differs + " END AS unexpected"
        + " FROM (SELECT * FROM " + projection.sqlTable(live) + some + "\"Old\" FULL JOIN (SELECT * FROM "
        + projection.sqlTable(other) + some + "\"New\" USING (" + String.join(", ", keys) + ") WHERE " + alone
        + " OR "
        + differs + (declared.isEmpty() ? "" : " OR " + differs(declared)) + ") d ORDER BY unexpected DESC, "
        + String.join(", ", keys) + " LIMIT " + Comparison.MOST_EXAMPLES;
    try (var statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("int4", buckets.toArray()));
      statement.setArray(2, connection.createArrayOf("int4", buckets.toArray()));
      long different = 0;
      long unexpected = 0;
      var examples = new ArrayList<Comparison.Difference>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          different = rows.getLong(1);
          unexpected = rows.getLong(2);
          examples.add(difference(!rows.getBoolean(3), row(rows, 4), row(rows, 5)));
        }
      }
      return new Rows(different, unexpected, examples);
    }
  }

  private static String differs(Set<String> columns) {
    return text("\"Old\"", columns) + " IS DISTINCT FROM " + text("\"New\"", columns);
  }

  private Comparison.Difference difference(boolean expected, @Nullable Map<String, @Nullable Object> live,
      @Nullable Map<String, @Nullable Object> rebuilt) {
    var row = live != null ? live : rebuilt;
    var key = new LinkedHashMap<String, @Nullable Object>();
    if (row != null)
      projection.keyColumns().forEach(column -> key.put(column, row.get(column)));
    return new Comparison.Difference(key, live, rebuilt, expected);
  }

  /** A row by the names of its components; what the other definition had besides, by the names of the columns. */
  private @Nullable Map<String, @Nullable Object> row(ResultSet rows, int index) throws SQLException {
    var json = rows.getString(index);
    if (json == null)
      return null;
    var fields = projection.mapping().columns().stream()
        .collect(Collectors.toMap(Column::name, Column::field));
    var row = new LinkedHashMap<String, @Nullable Object>();
    var stored = (Map<?, ?>) Json.readPlain(json);
    for (var column : projection.mapping().columns()) {
      if (stored.containsKey(column.name()))
        row.put(column.field(), stored.get(column.name()));
    }
    stored.forEach((name, value) -> {
      if (!fields.containsKey((String) name))
        row.put((String) name, value);
    });
    return row;
  }
}
