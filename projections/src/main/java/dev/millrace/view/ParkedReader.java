package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.view.DeadLetters.Content;
import dev.millrace.view.DeadLetters.Discarded;
import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.DeadLetters.Group;
import dev.millrace.view.DeadLetters.Letter;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Finds parked records of a generation, for those that look at them or redrive them. */
final class ParkedReader {
  private static final int QUEUES = 1_000;
  private static final String ORDER = "stream COLLATE \"C\", key COLLATE \"C\", " + ParkedQueue.ORDER;
  private static final String LETTER = """
      stream, "partition", "position", key, reason, message, fingerprint, schema_id, appended_at, parked_at
      """;
  private static final String AFTER = """
       AND (stream COLLATE "C", key COLLATE "C", length("partition"), "partition" COLLATE "C", length("position"),
         "position" COLLATE "C") > (?::text, ?::text, length(?::text), ?::text, length(?::text), ?::text)
      """;
  private static final String GROUPS = """
      WITH failed AS (
        SELECT *, row_number() OVER (PARTITION BY stream, key ORDER BY ORDER_OF_QUEUE) AS place FROM millrace.parked
        WHERE reason <> 'FOLLOWS' AND MATCH),
      waiting AS (
        SELECT stream, key, count(*) AS many FROM millrace.parked WHERE reason = 'FOLLOWS' AND MATCH GROUP BY 1, 2)
      SELECT f.fingerprint, min(f.reason), (array_agg(f.message ORDER BY f.parked_at DESC, f."position"))[1], count(*),
        count(DISTINCT (f.stream, f.key, CASE WHEN f.key = '' THEN f."partition" || '@' || f."position" END)),
        coalesce(sum(w.many) FILTER (WHERE f.place = 1 AND f.key <> ''), 0), min(f.parked_at), max(f.parked_at)
      FROM failed f LEFT JOIN waiting w ON w.stream = f.stream AND w.key = f.key
      GROUP BY f.fingerprint ORDER BY 4 DESC, 1
      """;
  private static final String ALL_QUEUES = """
      SELECT * FROM (SELECT DISTINCT stream COLLATE "C" AS stream, key COLLATE "C" AS key,
          CASE WHEN key = '' THEN "partition" ELSE '' END COLLATE "C" AS part,
          CASE WHEN key = '' THEN "position" ELSE '' END COLLATE "C" AS pos
        FROM millrace.parked WHERE MATCH) AS queues
      WHERE (stream, key, part, pos) > (?::text, ?::text, ?::text, ?::text) ORDER BY 1, 2, 3, 4 LIMIT ?
      """;
  private static final String OF_EACH_SCHEMA = """
      SELECT DISTINCT ON (schema_id) stream, "partition", "position", key, appended_at, payload FROM millrace.parked
      WHERE view = ? AND generation = ? AND schema_id IS NOT NULL
      """;

  private final String view;
  private final int generation;

  ParkedReader(String view, int generation) {
    this.view = view;
    this.generation = generation;
  }

  int generation() {
    return generation;
  }

  /** A condition in SQL, and the values of its parameters. */
  private record Match(String sql, List<String> values) {
    int bind(PreparedStatement statement, int from) throws SQLException {
      for (int i = 0; i < values.size(); i++)
        statement.setString(from + i, values.get(i));
      return from + values.size();
    }
  }

  private Match of(Filter which) {
    var sql = new StringBuilder("view = ? AND generation = ?::int");
    var values = new ArrayList<>(List.of(view, String.valueOf(generation)));
    which.stream().ifPresent(stream -> {
      sql.append(" AND stream = ?");
      values.add(stream);
    });
    which.key().ifPresent(key -> {
      sql.append(" AND key = ?");
      values.add(key);
    });
    return new Match(sql.toString(), values);
  }

  private Match ofQueues(Filter which) {
    var match = of(which);
    if (which.fingerprint().isEmpty())
      return match;
    var values = new ArrayList<>(match.values);
    var fingerprint = which.fingerprint().get();
    values.addAll(List.of(fingerprint, view, String.valueOf(generation), fingerprint));
    return new Match(match.sql + " AND (key = '' AND fingerprint = ? OR key <> '' AND (stream, key) IN ("
        + "SELECT f.stream, f.key FROM millrace.parked f WHERE f.view = ? AND f.generation = ?::int"
        + " AND f.reason <> 'FOLLOWS' AND f.fingerprint = ?))", values);
  }

  List<Group> groups(Connection connection, Filter which) throws SQLException {
    var match = of(which);
    try (var statement = connection
        .prepareStatement(GROUPS.replace("MATCH", match.sql).replace("ORDER_OF_QUEUE", ParkedQueue.ORDER))) {
      int next = match.bind(statement, 1);
      match.bind(statement, next);
      var groups = new ArrayList<Group>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          if (which.fingerprint().isEmpty() || which.fingerprint().get().equals(rows.getString(1))) {
            groups.add(new Group(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4),
                rows.getLong(5), rows.getLong(6), instant(rows, 7), instant(rows, 8)));
          }
        }
      }
      return groups;
    }
  }

  Page<Letter> letters(Connection connection, Filter which, Optional<String> after, int limit)
      throws SQLException {
    var match = ofQueues(which);
    var query = identity(which);
    var cursor = after.map(text -> PageCursor.read(query, text));
    try (var statement = connection
        .prepareStatement("SELECT " + LETTER + " FROM millrace.parked WHERE " + match.sql
            + (cursor.isEmpty() ? "" : AFTER) + " ORDER BY " + ORDER + " LIMIT ?")) {
      int next = match.bind(statement, 1);
      if (cursor.isPresent()) {
        for (int index : new int[]{0, 1, 2, 2, 3, 3})
          statement.setString(next++, cursor.get().get(index));
      }
      statement.setInt(next, limit + 1);
      var letters = new ArrayList<Letter>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          letters.add(letter(rows));
      }
      if (letters.size() <= limit)
        return new Page<>(letters, Optional.empty());
      var last = letters.get(limit - 1);
      List<@Nullable String> values = List.of(last.stream(), last.key(), last.partition(), last.position());
      return new Page<>(letters.subList(0, limit), Optional.of(PageCursor.write(query, values)));
    }
  }

  List<Content> contents(Connection connection, Filter which, int limit) throws SQLException {
    var match = ofQueues(which);
    try (var statement = connection.prepareStatement("SELECT " + LETTER
        + ", stack, headers, payload FROM millrace.parked WHERE " + match.sql + " ORDER BY " + ORDER
        + " LIMIT ?")) {
      statement.setInt(match.bind(statement, 1), limit);
      var contents = new ArrayList<Content>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          contents.add(new Content(letter(rows), rows.getString(11), EnvelopeJson.read(rows.getString(12)),
              ByteBuffer.wrap(rows.getBytes(13)).asReadOnlyBuffer()));
        }
      }
      return contents;
    }
  }

  List<Discarded> discarded(Connection connection, Filter which, int limit) throws SQLException {
    var match = of(which);
    var fingerprint = which.fingerprint().orElse("");
    try (var statement = connection.prepareStatement("SELECT " + LETTER
        + ", discarded_by, discarded_because, discarded_at FROM millrace.discarded WHERE " + match.sql
        + " AND (? = '' OR fingerprint = ?) ORDER BY discarded_at DESC, " + ORDER + " LIMIT ?")) {
      int next = match.bind(statement, 1);
      statement.setString(next, fingerprint);
      statement.setString(next + 1, fingerprint);
      statement.setInt(next + 2, limit);
      var discarded = new ArrayList<Discarded>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          discarded
              .add(new Discarded(letter(rows), rows.getString(11), rows.getString(12), instant(rows, 13)));
      }
      return discarded;
    }
  }

  private static Letter letter(ResultSet row) throws SQLException {
    int schemaId = row.getInt(8);
    var schema = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(schemaId);
    return new Letter(row.getString(1), row.getString(2), row.getString(3), row.getString(4),
        row.getString(5),
        row.getString(6), row.getString(7), schema, instant(row, 9), instant(row, 10));
  }

  private static Instant instant(ResultSet row, int index) throws SQLException {
    return row.getObject(index, OffsetDateTime.class).toInstant();
  }

  /** Where a redrive goes on: behind a queue, or within it where it was not done with. */
  record Place(ParkedQueue queue, boolean within) {}

  /** A page of queues, in the order in which they are redriven. */
  List<ParkedQueue> queues(Connection connection, Filter which, Optional<ParkedQueue> after)
      throws SQLException {
    var match = ofQueues(which);
    try (var statement = connection.prepareStatement(ALL_QUEUES.replace("MATCH", match.sql))) {
      int next = match.bind(statement, 1);
      statement.setString(next, after.map(queue -> queue.stream().value()).orElse(""));
      statement.setString(next + 1, after.map(ParkedQueue::key).orElse(""));
      statement.setString(next + 2, after.map(ParkedQueue::partition).orElse(""));
      statement.setString(next + 3, after.map(ParkedQueue::position).orElse(""));
      statement.setInt(next + 4, QUEUES);
      var queues = new ArrayList<ParkedQueue>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          queues.add(queue(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
      }
      return queues;
    }
  }

  private ParkedQueue queue(String stream, String key, String partition, String position) {
    return new ParkedQueue(view, generation, StreamName.of(stream), key, partition, position);
  }

  String cursor(Filter which, Place at) {
    List<@Nullable String> values = List.of(at.queue.stream().value(), at.queue.key(), at.queue.partition(),
        at.queue.position(), String.valueOf(at.within));
    return PageCursor.write(identity(which), values);
  }

  /** @throws ViewException INVALID_CURSOR where it is damaged, or another filter's */
  Place place(Filter which, String cursor) {
    var values = PageCursor.read(identity(which), cursor).stream().map(String::valueOf).toList();
    return new Place(queue(values.get(0), values.get(1), values.get(2), values.get(3)),
        Boolean.parseBoolean(values.get(4)));
  }

  private List<String> identity(Filter which) {
    return List.of(view, String.valueOf(generation), which.toString());
  }

  /** A record of each schema that parked records are of. */
  List<LogRecord> oneOfEachSchema(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(OF_EACH_SCHEMA)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      var records = new ArrayList<LogRecord>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          records.add(new LogRecord(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              Position.of(rows.getString(3)), rows.getString(4), instant(rows, 5),
              () -> EnvelopeJson.envelope(Map.of()), rows.getBytes(6)));
        }
      }
      return records;
    }
  }
}
