package dev.millrace.view;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows in which two generations of a view differ. Both tables are read once, in the database: a checksum of each bucket of
 * keys, which does not depend on the rows' order. Only buckets that differ are read again, row by row, and only rows that
 * differ leave the database. All of it in the caller's transaction, which must see both tables as of one moment.
 */
final class GenerationDiff {
  /** One wrong row among ten million has another ten thousand read again. */
  private static final int BUCKETS = 1_024;

  /**
   * What was found.
   *
   * @param examples in the order of their keys
   */
  record Found(long live, long rebuilt, long different, List<Comparison.Difference> examples) {}

  private record Bucket(long rows, String checksum) {}

  private final Projection<?> projection;
  private final String keys;

  GenerationDiff(Projection<?> projection) {
    this.projection = projection;
    this.keys = projection.mapping().keys().stream().map(Column::quoted).collect(Collectors.joining(", "));
  }

  Found find(Connection connection, int live, int other) throws SQLException {
    var before = buckets(connection, projection.sqlTable(live));
    var after = buckets(connection, projection.sqlTable(other));
    var differ = new ArrayList<Integer>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (!before.getOrDefault(bucket, NONE).equals(after.getOrDefault(bucket, NONE)))
        differ.add(bucket);
    }
    var rows = differ.isEmpty() ? new Rows(0, List.of()) : rows(connection, live, other, differ);
    return new Found(rows(before), rows(after), rows.count, rows.examples);
  }

  private static final Bucket NONE = new Bucket(0, "");

  private static long rows(Map<Integer, Bucket> buckets) {
    return buckets.values().stream().mapToLong(Bucket::rows).sum();
  }

  private String bucket() {
    return "(hashtextextended(ROW(" + keys + ")::text, 0) & " + (BUCKETS - 1) + ")::int";
  }

  private Map<Integer, Bucket> buckets(Connection connection, String table) throws SQLException {
    var buckets = new LinkedHashMap<Integer, Bucket>();
    try (var statement = connection.createStatement();
        var rows = statement
            .executeQuery("SELECT " + bucket() + ", count(*), sum(hashtextextended(t::text, 1)::numeric)"
                + " FROM " + table + " t GROUP BY 1")) {
      while (rows.next())
        buckets.put(rows.getInt(1), new Bucket(rows.getLong(2), rows.getString(3)));
    }
    return buckets;
  }

  private record Rows(long count, List<Comparison.Difference> examples) {}

  private Rows rows(Connection connection, int live, int other, List<Integer> buckets) throws SQLException {
    var some = " WHERE " + bucket() + " = ANY(?)) ";
    var sql = "SELECT count(*) OVER (), to_jsonb(\"Old\")::text, to_jsonb(\"New\")::text FROM (SELECT * FROM "
        + projection.sqlTable(live) + some + "\"Old\" FULL JOIN (SELECT * FROM " + projection.sqlTable(other)
        + some
        + "\"New\" USING (" + keys + ") WHERE \"Old\"::text IS DISTINCT FROM \"New\"::text ORDER BY " + keys
        + " LIMIT "
        + Comparison.MOST_EXAMPLES;
    try (var statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("int4", buckets.toArray()));
      statement.setArray(2, connection.createArrayOf("int4", buckets.toArray()));
      long count = 0;
      var examples = new ArrayList<Comparison.Difference>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          count = rows.getLong(1);
          examples.add(difference(row(rows, 2), row(rows, 3)));
        }
      }
      return new Rows(count, examples);
    }
  }

  private Comparison.Difference difference(@Nullable Map<String, @Nullable Object> live,
      @Nullable Map<String, @Nullable Object> rebuilt) {
    var row = live != null ? live : rebuilt;
    var key = new LinkedHashMap<String, @Nullable Object>();
    if (row != null)
      projection.keyColumns().forEach(column -> key.put(column, row.get(column)));
    return new Comparison.Difference(key, live, rebuilt);
  }

  private @Nullable Map<String, @Nullable Object> row(ResultSet rows, int index) throws SQLException {
    var json = rows.getString(index);
    if (json == null)
      return null;
    var stored = (Map<?, ?>) Json.readPlain(json);
    var row = new LinkedHashMap<String, @Nullable Object>();
    for (var column : projection.mapping().columns())
      row.put(column.field(), stored.get(column.name()));
    return row;
  }
}
