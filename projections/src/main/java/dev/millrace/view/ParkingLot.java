package dev.millrace.view;

import dev.millrace.log.StreamName;
import dev.millrace.view.ParkedKeys.StreamKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The records that a generation keeps aside, each as it was read, until somebody mends what is wrong; as those need it that
 * read the log. {@link ParkedQueue} is for those that mend.
 *
 * <p>A runner keeps in memory which keys are parked. Only the owner of a partition adds to them, but any process may redrive
 * them; so before it lets an event follow, it asks whether its key is still parked, and no redrive ends before it has written
 * that: it shares a lock that a redrive takes alone.
 */
final class ParkingLot {
  private static final String PARK = """
      INSERT INTO millrace.parked (view, generation, stream, "partition", "position", key, reason, message, fingerprint,
        stack, schema_id, headers, payload, appended_at, parked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
      """;
  private static final String KEYS = """
      SELECT DISTINCT stream, key FROM millrace.parked WHERE view = ? AND generation = ? AND stream = ANY(?)
      """;
  private static final String STILL = """
      SELECT u.stream, u.key FROM unnest(?::text[], ?::text[]) AS u(stream, key)
      WHERE EXISTS (SELECT FROM millrace.parked p
        WHERE p.view = ? AND p.generation = ? AND p.stream = u.stream AND p.key = u.key)
      """;
  private static final String LATELY = """
      FROM millrace.parked p WHERE p.view = ? AND p.generation = ? AND p.reason <> 'FOLLOWS' AND p.parked_at > ?
        AND NOT EXISTS (SELECT FROM millrace.view v JOIN millrace.parked o
          ON o.view = v.name AND o.generation = v.live_generation
          WHERE v.name = p.view AND o.generation <> p.generation AND o.stream = p.stream
            AND o."partition" = p."partition" AND o."position" = p."position")
      """;
  private static final String COUNT = """
      SELECT count(*) FROM (SELECT DISTINCT p.stream, p.key,
        CASE WHEN p.key = '' THEN p."partition" || '@' || p."position" END
      """ + LATELY + ") AS keys";
  private static final String WORST = "SELECT p.fingerprint, count(*), min(p.message) " + LATELY
      + " GROUP BY p.fingerprint ORDER BY 2 DESC, 1 LIMIT 1";

  private final String view;
  private final int generation;

  ParkingLot(String view, int generation) {
    this.view = view;
    this.generation = generation;
  }

  /**
   * Keeps the records aside.
   *
   * @throws ViewException TOO_MANY_PARKED where the limit is passed: the transaction is to be rolled back
   */
  void park(Connection connection, List<ParkedRecord> parked, Instant now, ParkingLimit limit)
      throws SQLException {
    if (parked.isEmpty())
      return;
    try (var statement = connection.prepareStatement(PARK)) {
      for (var one : parked) {
        bind(statement, one, now);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    if (parked.stream().anyMatch(one -> !one.reason().equals(Failure.FOLLOWS)))
      hold(connection, limit, now.minus(limit.window()));
  }

  /** Forgets all that was kept. */
  void clear(Connection connection) throws SQLException {
    try (var statement = connection
        .prepareStatement("DELETE FROM millrace.parked WHERE view = ? AND generation = ?")) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.executeUpdate();
    }
  }

  private void bind(PreparedStatement statement, ParkedRecord one, Instant now) throws SQLException {
    var record = one.record();
    statement.setString(1, view);
    statement.setInt(2, generation);
    statement.setString(3, record.partition().stream().value());
    statement.setString(4, record.partition().id());
    statement.setString(5, record.position().value());
    statement.setString(6, Text.storable(record.key()));
    statement.setString(7, one.reason());
    statement.setString(8, Text.storable(one.failure().message()));
    statement.setString(9, one.failure().fingerprint());
    statement.setString(10, Text.storable(one.failure().stack()));
    var schemaId = Failure.schemaId(record);
    if (schemaId.isPresent())
      statement.setInt(11, schemaId.getAsInt());
    else
      statement.setNull(11, Types.INTEGER);
    statement.setString(12, EnvelopeJson.write(record));
    statement.setBytes(13, record.payload());
    statement.setObject(14, OffsetDateTime.ofInstant(record.appendedAt(), ZoneOffset.UTC));
    statement.setObject(15, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
  }

  private void hold(Connection connection, ParkingLimit limit, Instant since) throws SQLException {
    try (var statement = lately(connection, COUNT, since); var counted = statement.executeQuery()) {
      counted.next();
      long keys = counted.getLong(1);
      if (keys > limit.keys())
        throw new ViewException(ViewException.Code.TOO_MANY_PARKED, tooMany(connection, keys, limit, since));
    }
  }

  private String tooMany(Connection connection, long keys, ParkingLimit limit, Instant since)
      throws SQLException {
    try (var statement = lately(connection, WORST, since); var worst = statement.executeQuery()) {
      worst.next();
      return view + " (generation " + generation + ") came to " + keys + " parked keys within "
          + limit.window()
          + ", more than " + limit.keys() + ": it has stopped, and parks nothing of this batch. "
          + worst.getLong(2)
          + " events fail as " + worst.getString(1) + ", such as " + worst.getString(3)
          + ". See those before: millrace dead-letters list " + view
          + "; mend the cause and start the view again, or raise the limit";
    }
  }

  private PreparedStatement lately(Connection connection, String sql, Instant since) throws SQLException {
    var statement = connection.prepareStatement(sql);
    statement.setString(1, view);
    statement.setInt(2, generation);
    statement.setObject(3, OffsetDateTime.ofInstant(since, ZoneOffset.UTC));
    return statement;
  }

  /** The keys of these streams whose events wait. */
  List<StreamKey> keys(Connection connection, Collection<StreamName> streams) throws SQLException {
    try (var statement = connection.prepareStatement(KEYS)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      SqlArray.set(statement, 3, "text", streams, StreamName::value);
      return keys(statement);
    }
  }

  /**
   * Those of the keys whose events still wait; no redrive changes that before the transaction ends. Asked before any row is
   * locked, as a redrive locks in this order too.
   */
  List<StreamKey> still(Connection connection, Collection<StreamKey> keys) throws SQLException {
    lock(connection, "pg_advisory_xact_lock_shared");
    try (var statement = connection.prepareStatement(STILL)) {
      SqlArray.set(statement, 1, "text", keys, key -> key.stream().value());
      SqlArray.set(statement, 2, "text", keys, StreamKey::key);
      statement.setString(3, view);
      statement.setInt(4, generation);
      return keys(statement);
    }
  }

  /** Waits until no runner lets an event follow in a transaction that is not over, and lets none until this one is. */
  void takeAlone(Connection connection) throws SQLException {
    lock(connection, "pg_advisory_xact_lock");
  }

  private void lock(Connection connection, String function) throws SQLException {
    try (var statement = connection.prepareStatement("SELECT " + function + "(hashtextextended(?, 0))")) {
      statement.setString(1, "millrace.parked " + view + " " + generation);
      statement.execute();
    }
  }

  private static List<StreamKey> keys(PreparedStatement statement) throws SQLException {
    var keys = new ArrayList<StreamKey>();
    try (var rows = statement.executeQuery()) {
      while (rows.next()) {
        if (!rows.getString(2).isEmpty())
          keys.add(new StreamKey(StreamName.of(rows.getString(1)), rows.getString(2)));
      }
    }
    return keys;
  }
}
