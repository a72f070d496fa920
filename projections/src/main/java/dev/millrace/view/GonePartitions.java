package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@link RecentEvents} has written down of partitions that the log lists no more. Owned by one thread. */
final class GonePartitions {
  private static final String KNOWN = """
      SELECT DISTINCT stream, "partition" FROM millrace.recent_events
      WHERE view = ? AND generation = ? AND stream = ANY (?)
      """;
  // Another runner may drop the same rows at this time: each takes what the other has not.
  private static final String DROP = """
      DELETE FROM millrace.recent_events WHERE ctid = ANY (ARRAY(
        SELECT r.ctid FROM millrace.recent_events r JOIN unnest(?::text[], ?::text[]) AS u(stream, part)
          ON r.stream = u.stream AND r."partition" = u.part
        WHERE r.view = ? AND r.generation = ? FOR UPDATE OF r SKIP LOCKED))
      """;

  private final EventLog log;
  private final String view;
  private final int generation;

  GonePartitions(EventLog log, String view, int generation) {
    this.log = log;
    this.view = view;
    this.generation = generation;
  }

  /**
   * The partitions of the same streams in which events are known although the log lists them no more. The log is asked after the
   * database: what is known only since may be of a partition that was not there yet when it was asked.
   */
  Set<Partition> find(Connection connection, Collection<Partition> partitions) throws SQLException {
    var gone = new HashSet<Partition>();
    if (!log.repeats())
      return gone;
    var streams = partitions.stream().map(Partition::stream).collect(Collectors.toSet());
    try (var transaction = new Transaction(connection);
        var statement = connection.prepareStatement(KNOWN)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      SqlArray.set(statement, 3, "text", streams, StreamName::value);
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          gone.add(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)));
      }
      transaction.commit();
    }
    partitions.forEach(gone::remove); // handed out just now, and so listed
    if (!gone.isEmpty())
      streams.forEach(stream -> gone.removeAll(log.partitions(stream)));
    return gone;
  }

  /** Drops what is known in partitions that are gone: what was sent again when they were closed is past its retention as well. */
  void drop(Connection connection, Set<Partition> gone) throws SQLException {
    if (gone.isEmpty())
      return;
    var sorted = gone.stream().sorted().toList();
    try (var statement = connection.prepareStatement(DROP)) {
      SqlArray.set(statement, 1, "text", sorted, partition -> partition.stream().value());
      SqlArray.set(statement, 2, "text", sorted, Partition::id);
      statement.setString(3, view);
      statement.setInt(4, generation);
      statement.executeUpdate();
    }
  }
}
