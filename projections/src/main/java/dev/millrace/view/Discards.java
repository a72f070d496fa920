package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The records that somebody dropped from the generation that readers saw ({@link DeadLetters#discard}): a generation that is
 * made afterwards does without them as well, so it is not parked once more what was decided upon.
 */
final class Discards {
  private static final String READ = """
      SELECT stream, "partition", "position" FROM millrace.discarded WHERE view = ? AND of_live
      """;

  private final Map<Partition, Set<Position>> places = new HashMap<>();

  /** Those that a generation does without; none where it stands for the effects, which an event has all the same. */
  static Discards of(Connection connection, String view, int generation) throws SQLException {
    var discards = new Discards();
    if (generation == Projection.EFFECTS)
      return discards;
    try (var statement = connection.prepareStatement(READ)) {
      statement.setString(1, view);
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          discards.places
              .computeIfAbsent(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
                  _ -> new HashSet<>())
              .add(Position.of(rows.getString(3)));
      }
    }
    return discards;
  }

  /** The batch, in which these are of no interest. */
  <R extends Record> List<Decoded<R>> without(List<Decoded<R>> batch) {
    return places.isEmpty() ? batch : batch.stream().map(this::orIgnored).toList();
  }

  private <R extends Record> Decoded<R> orIgnored(Decoded<R> decoded) {
    return has(decoded.record()) ? new Decoded.Ignored<>(decoded.record()) : decoded;
  }

  private boolean has(LogRecord record) {
    return places.getOrDefault(record.partition(), Set.of()).contains(record.position());
  }
}
