package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;
import static dev.millrace.view.ViewException.Code.REFUSED;
import static dev.millrace.view.ViewException.Code.UNKNOWN_VIEW;

import dev.millrace.view.RebuildProgress.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which generations of a view there are, and which is live. All of it in the caller's transaction; what changes anything
 * waits for its turn, so that processes that start together do not get in each other's way.
 */
final class Catalog {
  private static final long TURN = 0x6d696c6c72616365L; // "millrace"
  /** Done again wherever its text has changed, over what there is: it adds, and takes nothing away. */
  private static final String TABLES = """
      CREATE SCHEMA IF NOT EXISTS millrace;
      CREATE TABLE IF NOT EXISTS millrace.identity AS SELECT gen_random_uuid()::text AS id;
      ALTER TABLE millrace.identity ADD COLUMN IF NOT EXISTS layout text;
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
      ALTER TABLE millrace.generation ADD COLUMN IF NOT EXISTS filling jsonb;
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
      ALTER TABLE millrace.checkpoint ADD COLUMN IF NOT EXISTS happened_at timestamptz;
      ALTER TABLE millrace.checkpoint ADD COLUMN IF NOT EXISTS meet_at text;
      ALTER TABLE millrace.checkpoint ADD COLUMN IF NOT EXISTS meet_until timestamptz;
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
      ALTER TABLE millrace.parked ADD COLUMN IF NOT EXISTS schema_id int;
      ALTER TABLE millrace.parked ADD COLUMN IF NOT EXISTS fingerprint text NOT NULL DEFAULT '';
      ALTER TABLE millrace.parked ADD COLUMN IF NOT EXISTS stack text NOT NULL DEFAULT '';
      CREATE INDEX IF NOT EXISTS parked_key ON millrace.parked (view, generation, stream, key);
      CREATE INDEX IF NOT EXISTS parked_failure ON millrace.parked (view, generation, parked_at) WHERE reason <> 'FOLLOWS';
      CREATE TABLE IF NOT EXISTS millrace.discarded (
        view text NOT NULL,
        generation int NOT NULL,
        stream text NOT NULL,
        "partition" text NOT NULL,
        "position" text NOT NULL,
        key text NOT NULL,
        reason text NOT NULL,
        message text NOT NULL,
        schema_id int,
        fingerprint text NOT NULL,
        stack text NOT NULL,
        headers jsonb NOT NULL,
        payload bytea NOT NULL,
        appended_at timestamptz NOT NULL,
        parked_at timestamptz NOT NULL,
        discarded_at timestamptz NOT NULL,
        discarded_by text NOT NULL,
        discarded_because text NOT NULL,
        PRIMARY KEY (view, generation, stream, "partition", "position"));
      ALTER TABLE millrace.discarded ADD COLUMN IF NOT EXISTS of_live boolean NOT NULL DEFAULT false;
      CREATE TABLE IF NOT EXISTS millrace.recent_events (
        view text NOT NULL,
        generation int NOT NULL,
        stream text NOT NULL,
        "partition" text NOT NULL,
        counted bigint NOT NULL,
        digests bytea NOT NULL,
        PRIMARY KEY (view, generation, stream, "partition", counted));
      """;

  private static final List<String> OF_A_GENERATION = List.of("checkpoint", "parked", "recent_events",
      "generation");
  private static final String LAYOUT = Fingerprint.of(List.of(TABLES));

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

  /**
   * A generation that is there; makes none.
   *
   * @param wanted the live one where it is empty
   * @throws ViewException UNKNOWN_VIEW; DEFINITION_CHANGED where another projection made it
   */
  int existing(Connection connection, OptionalInt wanted) throws SQLException {
    prepare(connection);
    live(connection);
    return generation(connection, wanted);
  }

  private int generation(Connection connection, OptionalInt wanted) throws SQLException {
    if (wanted.equals(OptionalInt.of(Projection.EFFECTS)) && projection.hasEffects())
      return Projection.EFFECTS;
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
    if (Manifest.read(connection, projection.name(), generation).filter(one -> one.phase() != Phase.FOLLOWING)
        .isPresent()) {
      throw new ViewException(REFUSED, "generation " + generation + " of " + projection.name()
          + " is being filled by a rebuild: only that can go on with it");
    }
    if (!fingerprint.equals(projection.fingerprint()) || !entry.get().schema.equals(projection.schema())) {
      throw new ViewException(DEFINITION_CHANGED, "generation " + generation + " of " + projection.name()
          + " was made by another definition of the projection (row, event types, version or schema): rebuild the view");
    }
    return generation;
  }

  /**
   * The generation that a rebuild of this definition has begun and nobody has promoted yet; empty where there is none. The newest
   * where there are several.
   */
  OptionalInt begun(Connection connection) throws SQLException {
    prepare(connection);
    try (var statement = connection.prepareStatement(
        """
            SELECT max(generation) FROM millrace.generation WHERE view = ? AND fingerprint = ? AND NOT (filling->>'throwaway')::boolean
            """)) {
      statement.setString(1, projection.name());
      statement.setString(2, projection.fingerprint());
      try (var rows = statement.executeQuery()) {
        rows.next();
        int generation = rows.getInt(1);
        return rows.wasNull() ? OptionalInt.empty() : OptionalInt.of(generation);
      }
    }
  }

  /** A new generation with an empty table, which is not live, for a rebuild to fill. */
  int add(Connection connection, Manifest manifest) throws SQLException {
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
        manifest.write(connection, projection.name(), generation);
        return generation;
      }
    }
  }

  /** @throws ViewException UNKNOWN_VIEW where there is no such generation; REFUSED where its rebuild is not that far */
  void expectFilled(Connection connection, int generation) throws SQLException {
    if (definition(connection, generation).isEmpty())
      throw unknown(generation);
    var filling = Manifest.read(connection, projection.name(), generation);
    if (filling.isPresent() && (filling.get().phase() != Phase.FOLLOWING || filling.get().throwaway())) {
      throw new ViewException(REFUSED, "generation " + generation + " of " + projection.name()
          + " is not filled yet: wait for its rebuild");
    }
  }

  /** Generations that somebody made to throw them away. */
  List<Integer> throwaways(Connection connection) throws SQLException {
    prepare(connection);
    try (var statement = connection.prepareStatement(
        "SELECT generation FROM millrace.generation WHERE view = ? AND (filling->>'throwaway')::boolean")) {
      statement.setString(1, projection.name());
      var found = new ArrayList<Integer>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          found.add(rows.getInt(1));
      }
      return found;
    }
  }

  /** Makes a generation the one that readers see. */
  void promote(Connection connection, int generation) throws SQLException {
    prepare(connection);
    var definition = definition(connection, generation).orElseThrow(() -> unknown(generation));
    int live = entry(connection).map(Entry::live).orElseThrow(() -> unknown(generation));
    expectFilled(connection, generation);
    update(connection, "UPDATE millrace.generation SET filling = NULL WHERE view = ? AND generation = ?",
        projection.name(), generation);
    update(connection, """
        UPDATE millrace.view SET previous_generation = live_generation, live_generation = ?
        WHERE name = ? AND live_generation <> ?
        """, generation, projection.name(), generation);
    show(connection, generation, definition.equals(definition(connection, live).orElse("")));
  }

  /** The generation that was live before the last promotion. @throws ViewException REFUSED where there is none */
  int previous(Connection connection) throws SQLException {
    prepare(connection);
    return entry(connection).map(Entry::previous).orElse(OptionalInt.empty())
        .orElseThrow(() -> new ViewException(REFUSED,
            "no generation of " + projection.name() + " was live before this one"));
  }

  /** Keeps everybody from moving the live generation on until the transaction ends. */
  void hold(Connection connection) throws SQLException {
    prepare(connection);
    try (var statement = connection.prepareStatement(
        """
            SELECT FROM millrace.checkpoint WHERE view = ? AND generation = ? ORDER BY stream, "partition" FOR UPDATE
            """)) {
      statement.setString(1, projection.name());
      statement.setInt(2, live(connection));
      statement.executeQuery().close();
    }
  }

  /** All generations, by their numbers; none where there is no view. Keeps nobody waiting. */
  List<Generation> all(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      if (!layout(statement).equals(LAYOUT))
        prepare(connection);
    }
    try (var statement = connection.prepareStatement(
        """
            SELECT g.generation, v.live_generation = g.generation,
              v.previous_generation IS NOT DISTINCT FROM g.generation, g.fingerprint, g.filling->>'phase', g.created_at
            FROM millrace.generation g JOIN millrace.view v ON v.name = g.view
            WHERE g.view = ? AND (g.filling->>'throwaway')::boolean IS NOT TRUE ORDER BY 1
            """)) {
      statement.setString(1, projection.name());
      var all = new ArrayList<Generation>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          all.add(new Generation(rows.getInt(1), rows.getBoolean(2), rows.getBoolean(3),
              projection.fingerprint().equals(rows.getString(4)),
              Optional.ofNullable(rows.getString(5)).map(Phase::valueOf),
              rows.getObject(6, OffsetDateTime.class).toInstant()));
        }
      }
      return all;
    }
  }

  /** Takes a generation away that is not live, with all that is known of it; answers its manifest, where it had one. */
  Optional<Manifest> drop(Connection connection, int generation) throws SQLException {
    prepare(connection);
    if (definition(connection, generation).isEmpty())
      throw unknown(generation);
    if (live(connection) == generation) {
      throw new ViewException(REFUSED, "generation " + generation + " of " + projection.name()
          + " is the live one: promote another, or roll back, first");
    }
    var filling = Manifest.read(connection, projection.name(), generation);
    try (var statement = connection.createStatement()) {
      statement.execute("DROP TABLE " + projection.sqlTable(generation));
    }
    forgetPrevious(connection, generation);
    for (var table : OF_A_GENERATION)
      update(connection, "DELETE FROM millrace." + table + " WHERE view = ? AND generation = ?",
          projection.name(),
          generation);
    return filling;
  }

  /** Gives up what a rollback would make live again, if it is this one. */
  void forgetPrevious(Connection connection, int generation) throws SQLException {
    update(connection,
        "UPDATE millrace.view SET previous_generation = NULL WHERE name = ? AND previous_generation = ?",
        projection.name(), generation);
  }

  /** What somebody made from the table of a generation, and would be in the way of dropping it: views and their like. */
  List<String> dependents(Connection connection, int generation) throws SQLException {
    if (definition(connection, generation).isEmpty())
      throw unknown(generation);
    try (var statement = connection.prepareStatement("""
        SELECT DISTINCT r.ev_class::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = ?::regclass AND r.ev_class <> d.refobjid ORDER BY 1
        """)) {
      statement.setString(1, projection.sqlTable(generation));
      var found = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          found.add(rows.getString(1));
      }
      return found;
    }
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
        int number = rows.getInt(3);
        var previous = rows.wasNull() ? OptionalInt.empty() : OptionalInt.of(number);
        return Optional.of(new Entry(rows.getString(1), rows.getInt(2), previous));
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
      if (!layout(statement).equals(LAYOUT)) {
        statement.execute(TABLES);
        update(connection, "UPDATE millrace.identity SET layout = ?", LAYOUT);
      }
    }
  }

  /** The tables that there are; empty where there are none, or older ones. */
  private static String layout(Statement statement) throws SQLException {
    try (var known = statement.executeQuery("""
        SELECT FROM pg_attribute
        WHERE attrelid = to_regclass('millrace.identity') AND attname = 'layout' AND NOT attisdropped
        """)) {
      if (!known.next())
        return "";
    }
    try (var rows = statement.executeQuery("SELECT coalesce(layout, '') FROM millrace.identity")) {
      return rows.next() ? rows.getString(1) : "";
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

  ViewException unknown(int generation) {
    return new ViewException(UNKNOWN_VIEW, projection.name() + " has no generation " + generation);
  }
}
