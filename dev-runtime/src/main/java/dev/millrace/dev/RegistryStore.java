package dev.millrace.dev;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * The registry's tables in PostgreSQL. What changes something happens in one transaction that holds a lock of the whole
 * registry, so that concurrent registrations of one schema find one id, on however many servers.
 */
final class RegistryStore {
  /** The rule of subjects that have none of their own stands under this name, which no subject can have. */
  static final String GLOBAL = "";

  private static final long LOCK = 0x6d696c6c72616365L;
  private static final String TABLES = """
      CREATE SCHEMA IF NOT EXISTS millrace_registry;
      CREATE TABLE IF NOT EXISTS millrace_registry.last_id (id integer NOT NULL);
      INSERT INTO millrace_registry.last_id SELECT 0 WHERE NOT EXISTS (SELECT FROM millrace_registry.last_id);
      CREATE TABLE IF NOT EXISTS millrace_registry.schemas (
        id integer PRIMARY KEY, fingerprint text NOT NULL UNIQUE, text text NOT NULL);
      ALTER TABLE millrace_registry.schemas ADD COLUMN IF NOT EXISTS refs text NOT NULL DEFAULT '[]';
      ALTER TABLE millrace_registry.schemas ADD COLUMN IF NOT EXISTS metadata text NOT NULL DEFAULT '{}';
      ALTER TABLE millrace_registry.schemas ADD COLUMN IF NOT EXISTS guid uuid GENERATED ALWAYS AS (md5(text
        || CASE refs WHEN '[]' THEN '' ELSE refs END || CASE metadata WHEN '{}' THEN '' ELSE metadata END)::uuid) STORED;
      CREATE INDEX IF NOT EXISTS schemas_guid ON millrace_registry.schemas (guid);
      CREATE TABLE IF NOT EXISTS millrace_registry.versions (
        subject text NOT NULL, version integer NOT NULL, id integer NOT NULL REFERENCES millrace_registry.schemas,
        PRIMARY KEY (subject, version));
      ALTER TABLE millrace_registry.versions DROP CONSTRAINT IF EXISTS versions_subject_id_key;
      ALTER TABLE millrace_registry.versions ADD COLUMN IF NOT EXISTS deleted boolean NOT NULL DEFAULT false;
      CREATE INDEX IF NOT EXISTS versions_id ON millrace_registry.versions (id);
      CREATE TABLE IF NOT EXISTS millrace_registry.rules (subject text PRIMARY KEY, rule text NOT NULL);
      CREATE TABLE IF NOT EXISTS millrace_registry.modes (subject text PRIMARY KEY, mode text NOT NULL);
      """;
  private static final String VERSION = "SELECT v.subject, v.version, v.id, s.text, v.deleted, s.refs, s.metadata"
      + " FROM millrace_registry.versions v JOIN millrace_registry.schemas s USING (id) ";

  private static final String INSERT = "INSERT INTO millrace_registry.schemas (id, fingerprint, text, refs, metadata)"
      + " VALUES (?, ?, ?, ?, ?)";

  /**
   * A schema as a subject holds it.
   *
   * @param deleted whether it is deleted softly: it is found by its id, and by whoever asks for what is deleted
   */
  record Version(String subject, int version, int id, String text, boolean deleted,
      RegistryReferences references, RegistryMetadata metadata) {}

  /** A schema as an id stands for it. */
  record Known(int id, String text, RegistryReferences references, RegistryMetadata metadata) {}

  /** What is done with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private final DataSource database;

  RegistryStore(DataSource database) {
    this.database = database;
    change(connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute(TABLES);
      }
    });
  }

  /** Reads. Statements may see different moments. */
  <T> T read(Work<T> work) {
    try (var connection = database.getConnection()) {
      return work.with(connection);
    } catch (SQLException e) {
      throw new RegistryError(50001, "Error in the backend data store: " + e.getMessage(), e);
    }
  }

  /** Changes in one transaction, one at a time. Nothing is changed where the work throws. */
  <T> T change(Work<T> work) {
    return read(connection -> {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        T result = work.with(connection);
        connection.commit();
        return result;
      }
    });
  }

  /** Every version of every subject, in their order, deleted ones too. */
  static List<Version> all(Connection connection) throws SQLException {
    return list(connection, VERSION + "ORDER BY v.subject, v.version", RegistryStore::version);
  }

  /** The versions of a subject that are not deleted, the first first; empty where there is no such subject. */
  static List<Version> versions(Connection connection, String subject) throws SQLException {
    return allVersions(connection, subject).stream().filter(version -> !version.deleted).toList();
  }

  /** The versions of a subject, the first first, deleted ones too. */
  static List<Version> allVersions(Connection connection, String subject) throws SQLException {
    return list(connection, VERSION + "WHERE v.subject = ? ORDER BY v.version", RegistryStore::version,
        subject);
  }

  /** Marks a version as deleted. Its number and its id are not given again. */
  static void delete(Connection connection, Version version) throws SQLException {
    update(connection,
        "UPDATE millrace_registry.versions SET deleted = true WHERE subject = ? AND version = ?",
        version.subject, version.version);
  }

  /** Removes a version, and the schema where no other version has it. Its id is not given again. */
  static void remove(Connection connection, Version version) throws SQLException {
    update(connection, "DELETE FROM millrace_registry.versions WHERE subject = ? AND version = ?",
        version.subject,
        version.version);
    update(connection, """
        DELETE FROM millrace_registry.schemas s WHERE id = ?
        AND NOT EXISTS (SELECT FROM millrace_registry.versions v WHERE v.id = s.id)""", version.id);
  }

  /** Where a schema id is used, deleted versions too. */
  static List<Version> uses(Connection connection, int id) throws SQLException {
    return list(connection, VERSION + "WHERE v.id = ? ORDER BY v.subject, v.version", RegistryStore::version,
        id);
  }

  /** The newest version that is this schema. */
  static Optional<Version> lookup(Connection connection, String subject, String fingerprint, boolean deleted)
      throws SQLException {
    return list(connection,
        VERSION
            + "WHERE v.subject = ? AND s.fingerprint = ? AND (NOT v.deleted OR ?) ORDER BY v.version DESC",
        RegistryStore::version, subject, fingerprint, deleted).stream().findFirst();
  }

  static Optional<Known> known(Connection connection, int id) throws SQLException {
    return list(connection, "SELECT id, text, refs, metadata FROM millrace_registry.schemas WHERE id = ?",
        RegistryStore::known, id).stream().findFirst();
  }

  /**
   * The schema with this content: MD5 of its text, as Confluent's clients reckon it of one that refers to nothing and has no
   * metadata; otherwise of those too.
   */
  static Optional<Known> known(Connection connection, UUID guid) throws SQLException {
    return list(connection,
        "SELECT id, text, refs, metadata FROM millrace_registry.schemas WHERE guid = ? ORDER BY id",
        RegistryStore::known, guid).stream().findFirst();
  }

  private static Known known(ResultSet row) throws SQLException {
    return new Known(row.getInt(1), row.getString(2), RegistryReferences.parse(row.getString(3)),
        RegistryMetadata.parse(row.getString(4)));
  }

  /** The ids of the schemas that refer to a version and are not deleted themselves. */
  static List<Integer> referencing(Connection connection, String subject, int version) throws SQLException {
    return all(connection).stream()
        .filter(other -> !other.deleted && other.references.contain(subject, version)).map(Version::id)
        .distinct()
        .toList();
  }

  static int lastId(Connection connection) throws SQLException {
    return list(connection, "SELECT id FROM millrace_registry.last_id", row -> row.getInt(1)).getFirst();
  }

  /**
   * Gives the schema a version under an id of the caller's choice. Only within a change.
   *
   * @param version 0 for the subject's next
   * @throws RegistryError 42205 where another schema has the id, or the schema has another
   */
  static int addAs(Connection connection, String subject, RegistrySchema schema, int id, int version)
      throws SQLException {
    var holder = list(connection, "SELECT fingerprint FROM millrace_registry.schemas WHERE id = ?",
        row -> row.getString(1), id);
    var known = list(connection, "SELECT id FROM millrace_registry.schemas WHERE fingerprint = ?",
        row -> row.getInt(1), schema.fingerprint());
    boolean taken = !holder.isEmpty() && !holder.getFirst().equals(schema.fingerprint());
    if (taken || (!known.isEmpty() && known.getFirst() != id))
      throw new RegistryError(42205, "Overwrite new schema with id " + id + " is not permitted.");
    if (holder.isEmpty()) {
      update(connection, INSERT, id, schema.fingerprint(), schema.text(),
          schema.references().json().toString(), schema.metadata().toString());
      update(connection, "UPDATE millrace_registry.last_id SET id = greatest(id, ?)", id);
    }
    if (version <= 0)
      return add(connection, subject, schema);
    if (allVersions(connection, subject).stream().anyMatch(other -> other.version == version))
      throw new RegistryError(42205, "Overwrite new schema with version " + version + " is not permitted.");
    update(connection, "INSERT INTO millrace_registry.versions (subject, version, id) VALUES (?, ?, ?)",
        subject,
        version, id);
    return id;
  }

  /** Gives the schema the subject's next version, and an id where no subject has it yet. Only within a change. */
  static int add(Connection connection, String subject, RegistrySchema schema) throws SQLException {
    var known = list(connection, "SELECT id FROM millrace_registry.schemas WHERE fingerprint = ?",
        row -> row.getInt(1), schema.fingerprint());
    int id = known.isEmpty() ? number(connection, schema) : known.getFirst();
    update(connection, """
        INSERT INTO millrace_registry.versions (subject, version, id)
        SELECT ?, coalesce(max(version), 0) + 1, ? FROM millrace_registry.versions WHERE subject = ?""",
        subject, id, subject);
    return id;
  }

  private static int number(Connection connection, RegistrySchema schema) throws SQLException {
    // Counted in a row rather than by the largest id in use, so that the id of a removed schema is never given again.
    update(connection, "UPDATE millrace_registry.last_id SET id = id + 1");
    int id = lastId(connection);
    update(connection, INSERT, id, schema.fingerprint(), schema.text(),
        schema.references().json().toString(), schema.metadata().toString());
    return id;
  }

  static Optional<CompatibilityRule> rule(Connection connection, String subject) throws SQLException {
    return list(connection, "SELECT rule FROM millrace_registry.rules WHERE subject = ?",
        row -> CompatibilityRule.parse(row.getString(1)), subject).stream().findFirst();
  }

  static CompatibilityRule effectiveRule(Connection connection, String subject) throws SQLException {
    var own = rule(connection, subject);
    return own.isPresent() ? own.get() : rule(connection, GLOBAL).orElse(CompatibilityRule.BACKWARD);
  }

  static void setRule(Connection connection, String subject, CompatibilityRule rule) throws SQLException {
    update(connection, """
        INSERT INTO millrace_registry.rules (subject, rule) VALUES (?, ?)
        ON CONFLICT (subject) DO UPDATE SET rule = excluded.rule""", subject, rule.name());
  }

  static void removeRule(Connection connection, String subject) throws SQLException {
    update(connection, "DELETE FROM millrace_registry.rules WHERE subject = ?", subject);
  }

  static Optional<RegistryMode> mode(Connection connection, String subject) throws SQLException {
    return list(connection, "SELECT mode FROM millrace_registry.modes WHERE subject = ?",
        row -> RegistryMode.parse(row.getString(1)), subject).stream().findFirst();
  }

  /** The mode that decides: the override of all, else the subject's own, else the global one. */
  static RegistryMode effectiveMode(Connection connection, String subject) throws SQLException {
    var global = mode(connection, GLOBAL).orElse(RegistryMode.READWRITE);
    return global == RegistryMode.READONLY_OVERRIDE ? global : mode(connection, subject).orElse(global);
  }

  static void setMode(Connection connection, String subject, RegistryMode mode) throws SQLException {
    update(connection, """
        INSERT INTO millrace_registry.modes (subject, mode) VALUES (?, ?)
        ON CONFLICT (subject) DO UPDATE SET mode = excluded.mode""", subject, mode.name());
  }

  static void removeMode(Connection connection, String subject) throws SQLException {
    update(connection, "DELETE FROM millrace_registry.modes WHERE subject = ?", subject);
  }

  private static Version version(ResultSet row) throws SQLException {
    return new Version(row.getString(1), row.getInt(2), row.getInt(3), row.getString(4), row.getBoolean(5),
        RegistryReferences.parse(row.getString(6)), RegistryMetadata.parse(row.getString(7)));
  }

  @FunctionalInterface
  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  private static <T> List<T> list(Connection connection, String sql, Row<T> row, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      try (var rows = statement.executeQuery()) {
        var all = new ArrayList<T>();
        while (rows.next()) {
          all.add(row.of(rows));
        }
        return all;
      }
    }
  }

  private static void update(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
