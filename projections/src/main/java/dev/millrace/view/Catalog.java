package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;
import static dev.millrace.view.ViewException.Code.REFUSED;
import static dev.millrace.view.ViewException.Code.UNKNOWN_VIEW;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which generations of a view there are, and which is live. All of it in the caller's transaction; what changes anything
 * waits for its turn, so that processes that start together do not get in each other's way.
 */
final class Catalog {
  private static final long TURN = 0x6d696c6c72616365L; // "millrace"
  private static final String TABLES = """
      CREATE SCHEMA IF NOT EXISTS millrace;
      CREATE TABLE IF NOT EXISTS millrace.identity AS SELECT gen_random_uuid()::text AS id;
      CREATE TABLE IF NOT EXISTS millrace.view (
        name text PRIMARY KEY,
        sql_schema text NOT NULL,
        live_generation int NOT NULL,
        previous_generation int);
      CREATE TABLE IF NOT EXISTS millrace.generation (
        view text NOT NULL REFERENCES millrace.view (name) DEFERRABLE INITIALLY DEFERRED,
        generation int NOT NULL,
        fingerprint text NOT NULL,
        definition text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (view, generation));
      CREATE TABLE IF NOT EXISTS millrace.checkpoint (
        view text NOT NULL,
        generation int NOT NULL,
        stream text NOT NULL,
        "partition" text NOT NULL,
        "position" text,
        epoch bigint NOT NULL,
        owner text NOT NULL,
        events bigint NOT NULL DEFAULT 0,
        "rows" bigint NOT NULL DEFAULT 0,
        parked bigint NOT NULL DEFAULT 0,
        appended_at timestamptz,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (view, generation, stream, "partition")) WITH (fillfactor = 50);
      CREATE TABLE IF NOT EXISTS millrace.parked (
        view text NOT NULL,
        generation int NOT NULL,
        stream text NOT NULL,
        "partition" text NOT NULL,
        "position" text NOT NULL,
        key text NOT NULL,
        reason text NOT NULL,
        message text NOT NULL,
        headers jsonb NOT NULL,
        payload bytea NOT NULL,
        appended_at timestamptz NOT NULL,
        parked_at timestamptz NOT NULL,
        PRIMARY KEY (view, generation, stream, "partition", "position"));
      CREATE INDEX IF NOT EXISTS parked_key ON millrace.parked (view, generation, stream, key);
      CREATE TABLE IF NOT EXISTS millrace.recent_events (
        view text NOT NULL,
        generation int NOT NULL,
        stream text NOT NULL,
        "partition" text NOT NULL,
        counted bigint NOT NULL,
        digests bytea NOT NULL,
        PRIMARY KEY (view, generation, stream, "partition", counted));
      """;

  /**
   * A generation that is ready to be kept.
   *
   * @param database what tells this database from others that have a view of the same name
   */
  record Opened(int generation, String database) {
    /** The group of its readers: those of another database must not take partitions from them. */
    String group(String view) {
      return "millrace-" + view + "-g" + generation + "-" + database.substring(0, 8);
    }
  }

  /** A view as the catalog has it. */
  record Entry(String schema, int live, OptionalInt previous) {}

  private final Projection<?> projection;

  Catalog(Projection<?> projection) {
    this.projection = projection;
  }

  /**
   * The generation to keep, made with its tables and its view where the view is new.
   *
   * @param wanted a generation that exists; the live one where it is empty
   * @throws ViewException DEFINITION_CHANGED where another projection made it; UNKNOWN_VIEW where it does not exist
   */
  Opened open(Connection connection, OptionalInt wanted) throws SQLException {
    prepare(connection);
    return new Opened(generation(connection, wanted), identity(connection));
  }

  private int generation(Connection connection, OptionalInt wanted) throws SQLException {
    var entry = entry(connection);
    if (entry.isEmpty()) {
      if (wanted.orElse(1) != 1)
        throw unknown(wanted.getAsInt());
      create(connection, 1);
      update(connection, "INSERT INTO millrace.view (name, sql_schema, live_generation) VALUES (?, ?, 1)",
          projection.name(), projection.schema());
      show(connection, 1, false);
      return 1;
    }
    int generation = wanted.orElse(entry.get().live);
    var fingerprint = fingerprint(connection, generation).orElseThrow(() -> unknown(generation));
    if (!fingerprint.equals(projection.fingerprint()) || !entry.get().schema.equals(projection.schema())) {
      throw new ViewException(DEFINITION_CHANGED, "generation " + generation + " of " + projection.name()
          + " was made by another definition of the projection (row, event types, version or schema): rebuild the view");
    }
    return generation;
  }

  /** A new generation with an empty table, which is not live. */
  int add(Connection connection) throws SQLException {
    prepare(connection);
    if (entry(connection).isEmpty())
      generation(connection, OptionalInt.empty());
    try (var statement = connection.prepareStatement(
        "SELECT max(generation) + 1 FROM millrace.generation WHERE view = ?")) {
      statement.setString(1, projection.name());
      try (var rows = statement.executeQuery()) {
        rows.next();
        int generation = rows.getInt(1);
        create(connection, generation);
        return generation;
      }
    }
  }

  /** Makes a generation the one that readers see. */
  void promote(Connection connection, int generation) throws SQLException {
    prepare(connection);
    var definition = definition(connection, generation).orElseThrow(() -> unknown(generation));
    int live = entry(connection).map(Entry::live).orElseThrow(() -> unknown(generation));
    update(connection, """
        UPDATE millrace.view SET previous_generation = live_generation, live_generation = ?
        WHERE name = ? AND live_generation <> ?
        """, generation, projection.name(), generation);
    show(connection, generation, definition.equals(definition(connection, live).orElse("")));
  }

  /** Makes the generation live that was so before the last promotion, and answers it. */
  int rollback(Connection connection) throws SQLException {
    prepare(connection);
    var previous = entry(connection).map(Entry::previous).orElse(OptionalInt.empty());
    if (previous.isEmpty()) {
      throw new ViewException(REFUSED, "no generation of " + projection.name() + " was live before this one");
    }
    promote(connection, previous.getAsInt());
    return previous.getAsInt();
  }

  /** The generation that readers see. */
  int live(Connection connection) throws SQLException {
    return entry(connection).orElseThrow(() -> new ViewException(UNKNOWN_VIEW,
        "the database has no view " + projection.name() + ": start its runner first")).live();
  }

  Optional<Entry> entry(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(
        "SELECT sql_schema, live_generation, previous_generation FROM millrace.view WHERE name = ?")) {
      statement.setString(1, projection.name());
      try (var rows = statement.executeQuery()) {
        if (!rows.next())
          return Optional.empty();
        int previous = rows.getInt(3);
        return Optional.of(new Entry(rows.getString(1), rows.getInt(2),
            rows.wasNull() ? OptionalInt.empty() : OptionalInt.of(previous)));
      }
    }
  }

  private Optional<String> fingerprint(Connection connection, int generation) throws SQLException {
    return of(connection, "fingerprint", generation);
  }

  /** The columns of a generation, as {@link Mapping#definition}; empty where there is no such generation. */
  Optional<String> definition(Connection connection, int generation) throws SQLException {
    return of(connection, "definition", generation);
  }

  private Optional<String> of(Connection connection, String column, int generation) throws SQLException {
    try (var statement = connection.prepareStatement(
        "SELECT " + column + " FROM millrace.generation WHERE view = ? AND generation = ?")) {
      statement.setString(1, projection.name());
      statement.setInt(2, generation);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private void prepare(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + TURN + ")");
      boolean there;
      try (var rows = statement.executeQuery("SELECT to_regclass('millrace.recent_events') IS NOT NULL")) {
        there = rows.next() && rows.getBoolean(1);
      }
      if (!there)
        statement.execute(TABLES);
    }
  }

  private static String identity(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM millrace.identity")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private void create(Connection connection, int generation) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + Identifier.quote(projection.schema()));
      statement.execute(RowTable.ddl(projection.sqlTable(generation), projection.mapping()));
    }
    update(connection,
        "INSERT INTO millrace.generation (view, generation, fingerprint, definition) VALUES (?, ?, ?, ?)",
        projection.name(), generation, projection.fingerprint(), projection.mapping().definition());
  }

  /**
   * Points the SQL view at a generation's table. With the same columns it stays the same view, whoever else's views are made
   * from it; with others it is made anew, with the privileges that it had.
   */
  private void show(Connection connection, int generation, boolean sameColumns) throws SQLException {
    var name = projection.sqlName();
    var grants = GenerationTable.grants(connection, name, name);
    try (var statement = connection.createStatement()) {
      if (!sameColumns)
        statement.execute("DROP VIEW IF EXISTS " + name);
      statement
          .execute("CREATE OR REPLACE VIEW " + name + " AS SELECT * FROM " + projection.sqlTable(generation));
      for (var grant : grants)
        statement.execute(grant);
    }
  }

  private static void update(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++)
        statement.setObject(i + 1, values[i]);
      statement.executeUpdate();
    }
  }

  private ViewException unknown(int generation) {
    return new ViewException(UNKNOWN_VIEW, projection.name() + " has no generation " + generation);
  }
}
