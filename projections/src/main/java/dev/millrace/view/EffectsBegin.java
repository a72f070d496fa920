package dev.millrace.view;

import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a view's effects begin: at the end that each of their streams has when they are first kept. What happened before had no
 * effects, and is not to have them all at once.
 */
final class EffectsBegin {
  private static final String BEGIN = """
      INSERT INTO millrace.checkpoint (view, generation, stream, "partition", "position", epoch, owner, updated_at)
      SELECT ?, ?, u.stream, u.part, u.ends, 0, ?, ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::text[]) AS u(stream, part, ends)
      ON CONFLICT DO NOTHING
      """;

  private EffectsBegin() {}

  /** Writes down where those of the streams begin of which that is not known yet. */
  static void mark(Work<?> work) {
    var view = work.projection().name();
    var streams = new TreeSet<>(work.projection().streams());
    streams.removeAll(Transaction.run(work.database(), "where the effects of " + view + " are",
        connection -> known(connection, view)));
    if (streams.isEmpty())
      return;
    var end = work.log().end(streams);
    var partitions = new TreeSet<>(end.positions().keySet());
    streams.forEach(stream -> partitions.addAll(work.log().partitions(stream)));
    Transaction.run(work.database(), "beginning the effects of " + view, connection -> {
      try (var statement = connection.prepareStatement(BEGIN)) {
        statement.setString(1, view);
        statement.setInt(2, Projection.EFFECTS);
        statement.setString(3, work.owner());
        statement.setString(4, work.clock().instant().toString());
        SqlArray.set(statement, 5, "text", partitions, partition -> partition.stream().value());
        SqlArray.set(statement, 6, "text", partitions, Partition::id);
        SqlArray.set(statement, 7, "text", partitions,
            partition -> end.position(partition).map(Position::value).orElse(null));
        return statement.executeUpdate();
      }
    });
  }

  private static Set<StreamName> known(Connection connection, String view) throws SQLException {
    try (var statement = connection
        .prepareStatement(
            "SELECT DISTINCT stream FROM millrace.checkpoint WHERE view = ? AND generation = ?")) {
      statement.setString(1, view);
      statement.setInt(2, Projection.EFFECTS);
      var known = new HashSet<StreamName>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          known.add(StreamName.of(rows.getString(1)));
      }
      return known;
    }
  }
}
