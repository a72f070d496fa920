package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parked records of one key of a stream, in their order; or one record that has no key, and so no followers. Within a
 * partition they are ordered by position. Where the key has moved from a partition to another, a log gives the later one the
 * higher number: a shard's children are younger than it.
 *
 * @param partition empty where the queue is a key's
 * @param position empty where the queue is a key's
 */
record ParkedQueue(String view, int generation, StreamName stream, String key, String partition,
    String position) {
  /** By which the records of a queue follow each other. */
  static final String ORDER = """
      length("partition"), "partition" COLLATE "C", length("position"), "position" COLLATE "C"
      """;
  private static final String MINE = """
       view = ? AND generation = ? AND stream = ? AND key = ? AND (key <> '' OR ("partition" = ? AND "position" = ?))
      """;
  private static final String FIRST = """
      SELECT "partition", "position", key, appended_at, headers, payload, reason FROM millrace.parked WHERE
      """ + MINE + " ORDER BY " + ORDER + " LIMIT ?";
  private static final String NEXT = "SELECT \"partition\", \"position\", reason FROM millrace.parked WHERE "
      + MINE
      + " ORDER BY " + ORDER + " LIMIT 1";
  private static final String COUNT = "SELECT count(*) FROM millrace.parked WHERE " + MINE;
  private static final String REMOVE = """
      DELETE FROM millrace.parked p USING unnest(?::text[], ?::text[]) AS u(part, pos)
      WHERE p.view = ? AND p.generation = ? AND p.stream = ? AND p."partition" = u.part AND p."position" = u.pos
      """;
  private static final String FAIL = """
      UPDATE millrace.parked SET reason = ?, message = ?, fingerprint = ?, stack = ?
      WHERE view = ? AND generation = ? AND stream = ? AND "partition" = ? AND "position" = ?
      """;
  private static final String COLUMNS = """
      view, generation, stream, "partition", "position", key, reason, message, schema_id, fingerprint, stack, headers,
      payload, appended_at, parked_at
      """;
  private static final String DISCARD = "WITH gone AS (DELETE FROM millrace.parked WHERE " + MINE
      + " AND reason NOT IN ('FOLLOWS', 'CUT_OFF') AND (\"partition\", \"position\") IN (SELECT \"partition\", \"position\" FROM millrace.parked WHERE "
      + MINE
      + " AND (? = '' OR fingerprint = ?) ORDER BY " + ORDER + " LIMIT ?) RETURNING *),"
      + " kept AS (INSERT INTO millrace.discarded (" + COLUMNS
      + ", discarded_at, discarded_by, discarded_because, of_live) SELECT " + COLUMNS + ", ?, ?, ?,"
      + " EXISTS (SELECT FROM millrace.view v WHERE v.name = gone.view AND v.live_generation = gone.generation) FROM gone)"
      + " SELECT \"partition\", count(*) FROM gone GROUP BY 1";

  /** A parked record, and what was said of it. */
  record Waiting(LogRecord record, String reason) {}

  private int bind(PreparedStatement statement, int from) throws SQLException {
    statement.setString(from, view);
    statement.setInt(from + 1, generation);
    statement.setString(from + 2, stream.value());
    statement.setString(from + 3, key);
    statement.setString(from + 4, partition);
    statement.setString(from + 5, position);
    return from + 6;
  }

  /** The first records of it. */
  List<Waiting> first(Connection connection, int atMost) throws SQLException {
    try (var statement = connection.prepareStatement(FIRST)) {
      statement.setInt(bind(statement, 1), atMost);
      var records = new ArrayList<Waiting>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          records.add(new Waiting(record(rows), rows.getString(7)));
      }
      return records;
    }
  }

  private LogRecord record(ResultSet row) throws SQLException {
    var headers = EnvelopeJson.read(row.getString(5));
    return new LogRecord(new Partition(stream, row.getString(1)), Position.of(row.getString(2)),
        row.getString(3),
        row.getObject(4, OffsetDateTime.class).toInstant(), () -> EnvelopeJson.envelope(headers),
        row.getBytes(6));
  }

  /** How many records it has. */
  long size(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(COUNT)) {
      bind(statement, 1);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /**
   * Whether there are more. The first of them has nothing before it that it could follow: it says so from now on.
   */
  boolean leaveOpen(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(NEXT)) {
      bind(statement, 1);
      try (var rows = statement.executeQuery()) {
        if (!rows.next())
          return false;
        if (rows.getString(3).equals(Failure.FOLLOWS))
          fail(connection, new Partition(stream, rows.getString(1)), Position.of(rows.getString(2)),
              Failure.cutOff());
        return true;
      }
    }
  }

  /** Takes records away that went through. */
  void remove(Connection connection, Collection<LogRecord> records) throws SQLException {
    if (records.isEmpty())
      return;
    try (var statement = connection.prepareStatement(REMOVE)) {
      SqlArray.set(statement, 1, "text", records, record -> record.partition().id());
      SqlArray.set(statement, 2, "text", records, record -> record.position().value());
      statement.setString(3, view);
      statement.setInt(4, generation);
      statement.setString(5, stream.value());
      statement.executeUpdate();
    }
  }

  /** Says why a record stays. */
  void fail(Connection connection, LogRecord record, Failure failure) throws SQLException {
    fail(connection, record.partition(), record.position(), failure);
  }

  private void fail(Connection connection, Partition at, Position where, Failure failure)
      throws SQLException {
    try (var statement = connection.prepareStatement(FAIL)) {
      statement.setString(1, failure.reason());
      statement.setString(2, Text.storable(failure.message()));
      statement.setString(3, failure.fingerprint());
      statement.setString(4, Text.storable(failure.stack()));
      statement.setString(5, view);
      statement.setInt(6, generation);
      statement.setString(7, stream.value());
      statement.setString(8, at.id());
      statement.setString(9, where.value());
      statement.executeUpdate();
    }
  }

  /**
   * Moves records to those that nobody waits for any more: all of a fingerprint, or else the first.
   *
   * @return how many of each partition
   */
  Map<Partition, Integer> discard(Connection connection, Discard discard, Instant now) throws SQLException {
    try (var statement = connection.prepareStatement(DISCARD)) {
      int next = bind(statement, bind(statement, 1));
      var fingerprint = discard.fingerprint().orElse("");
      statement.setString(next, fingerprint);
      statement.setString(next + 1, fingerprint);
      statement.setInt(next + 2, fingerprint.isEmpty() ? 1 : Integer.MAX_VALUE);
      statement.setObject(next + 3, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      statement.setString(next + 4, Text.storable(discard.by()));
      statement.setString(next + 5, Text.storable(discard.reason()));
      var gone = new HashMap<Partition, Integer>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          gone.put(new Partition(stream, rows.getString(1)), rows.getInt(2));
      }
      return gone;
    }
  }

  /** What is to be dropped of a queue, by whom and why. */
  record Discard(Optional<String> fingerprint, String by, String reason) {}
}
