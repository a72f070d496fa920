package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of a generation as a whole. All of it in the caller's transaction. */
final class GenerationTable {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationTable.class);
  private static final String UNDEFINED_COLUMN = "42703";

  // Names are left to the database where they must differ from those of the live generation's.
  private static final String ADDED = """
      WITH live AS (SELECT ?::regclass::oid AS oid), made(place, ddl) AS (
        SELECT 1, format('ALTER TABLE %s ADD %s %s', ?::text,
          CASE WHEN k.contype IN ('c', 'f') THEN 'CONSTRAINT ' || quote_ident(k.conname) END, pg_get_constraintdef(k.oid))
        FROM pg_constraint k, live WHERE k.conrelid = live.oid AND k.contype IN ('c', 'f', 'u', 'x')
        UNION ALL
        SELECT 2, format('CREATE %s INDEX ON %s %s', CASE WHEN i.indisunique THEN 'UNIQUE' END, ?::text,
          substr(pg_get_indexdef(i.indexrelid), position(' USING ' in pg_get_indexdef(i.indexrelid)) + 1))
        FROM pg_index i, live WHERE i.indrelid = live.oid
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')))
      SELECT ddl FROM made ORDER BY place, ddl
      """;
  private static final String GRANTED = """
      SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, ?::text,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
      FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = to_regclass(?) AND a.grantee <> c.relowner ORDER BY 1
      """;

  private final Projection<?> projection;
  private final String name;

  GenerationTable(Projection<?> projection, int generation) {
    this.projection = projection;
    this.name = projection.sqlTable(generation);
  }

  /** Takes all rows away. */
  void clear(Connection connection) throws SQLException {
    execute(connection, "TRUNCATE " + name);
    execute(connection, "ALTER TABLE " + name + " DROP CONSTRAINT IF EXISTS " + primaryKey());
  }

  /**
   * Adds rows to a table that has no indexes yet.
   *
   * @param rows as {@link Mapping#stored} has them; of keys that the table does not have
   * @param cleared whether it was cleared in this transaction
   */
  void copy(Connection connection, Stream<@Nullable Object[]> rows, boolean cleared) throws SQLException {
    try (var copy = new BinaryCopy(connection, name, projection.mapping().columns(), cleared)) {
      for (var row : (Iterable<@Nullable Object[]>) rows::iterator)
        copy.row(row);
      var _ = copy.end();
    }
  }

  /** Makes the table's own index, when all rows are there. */
  void index(Connection connection) throws SQLException {
    execute(connection, "ALTER TABLE " + name + " DROP CONSTRAINT IF EXISTS " + primaryKey());
    execute(connection,
        "ALTER TABLE " + name + " ADD CONSTRAINT " + primaryKey() + " PRIMARY KEY (" + projection
            .mapping().keys().stream().map(Column::quoted).collect(Collectors.joining(", ")) + ")");
  }

  /** Hands over all rows, as {@link Mapping#stored} has them, a few thousand at a time. */
  void read(Connection connection, Consumer<@Nullable Object[]> taker) throws SQLException {
    var columns = projection.mapping().columns();
    try (var statement = connection.prepareStatement("SELECT "
        + columns.stream().map(Column::quoted).collect(Collectors.joining(", ")) + " FROM " + name)) {
      statement.setFetchSize(5_000);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var stored = new Object[columns.size()];
          for (int i = 0; i < stored.length; i++)
            stored[i] = columns.get(i).type().read(rows, i + 1);
          taker.accept(stored);
        }
      }
    }
  }

  private String primaryKey() {
    return "\"" + name.substring(name.lastIndexOf('.') + 2, name.length() - 1) + "_pkey\"";
  }

  /**
   * Makes here what somebody added to the table of the live generation: indexes, constraints, privileges. What names a column
   * that this table does not have is left out, and said in the log.
   */
  void follow(Connection connection, int live) throws SQLException {
    var other = projection.sqlTable(live);
    for (var ddl : strings(connection, ADDED, other, name, name)) {
      var before = connection.setSavepoint();
      try {
        execute(connection, ddl);
        connection.releaseSavepoint(before);
      } catch (SQLException e) {
        if (!UNDEFINED_COLUMN.equals(e.getSQLState()))
          throw e;
        connection.rollback(before);
        LOG.warn("{} is left out of the new generation, which has other columns: {}", ddl, e.getMessage());
      }
    }
    for (var grant : grants(connection, other, name))
      execute(connection, grant);
  }

  /** What gives others the privileges on one table or view that they have on another; both names quoted. */
  static List<String> grants(Connection connection, String from, String to) throws SQLException {
    return strings(connection, GRANTED, to, from);
  }

  private static List<String> strings(Connection connection, String sql, String... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++)
        statement.setString(i + 1, values[i]);
      var strings = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          strings.add(rows.getString(1));
      }
      return strings;
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
