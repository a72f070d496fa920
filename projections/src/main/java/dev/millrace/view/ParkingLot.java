package dev.millrace.view;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.view.ParkedKeys.StreamKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The records that a generation keeps aside, each as it was read, until somebody mends what is wrong. */
final class ParkingLot {
  private static final String PARK = """
      INSERT INTO millrace.parked (view, generation, stream, "partition", "position", key, reason, message, headers,
        payload, appended_at, parked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)
      """;
  private static final String KEYS = """
      SELECT DISTINCT stream, key FROM millrace.parked WHERE view = ? AND generation = ? AND stream = ANY(?)
      """;

  private final String view;
  private final int generation;

  ParkingLot(String view, int generation) {
    this.view = view;
    this.generation = generation;
  }

  void park(Connection connection, List<ParkedRecord> parked, Instant now) throws SQLException {
    if (parked.isEmpty())
      return;
    try (var statement = connection.prepareStatement(PARK)) {
      for (var one : parked) {
        var record = one.record();
        statement.setString(1, view);
        statement.setInt(2, generation);
        statement.setString(3, record.partition().stream().value());
        statement.setString(4, record.partition().id());
        statement.setString(5, record.position().value());
        statement.setString(6, Text.storable(record.key()));
        statement.setString(7, one.reason());
        statement.setString(8, Text.storable(one.message()));
        statement.setString(9, headers(record));
        statement.setBytes(10, record.payload());
        statement.setObject(11, OffsetDateTime.ofInstant(record.appendedAt(), ZoneOffset.UTC));
        statement.setObject(12, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** The envelope's attributes; none where a foreign producer wrote none, or broken ones. */
  private static String headers(LogRecord record) {
    try {
      var headers = new LinkedHashMap<String, String>();
      record.envelope().attributes().forEach((name, value) -> headers.put(name, Text.storable(value)));
      return Json.write(headers);
    } catch (LogException e) {
      return Json.write(Map.of());
    }
  }

  /** The keys of these streams whose events wait. */
  List<StreamKey> keys(Connection connection, Collection<StreamName> streams) throws SQLException {
    try (var statement = connection.prepareStatement(KEYS)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.setArray(3,
          connection.createArrayOf("text", streams.stream().map(StreamName::value).toArray()));
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
}
