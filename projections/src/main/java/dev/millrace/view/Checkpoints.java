package dev.millrace.view;

import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far a generation has read each partition, and who may say so. */
final class Checkpoints {
  /**
   * A partition that a runner holds.
   *
   * @param epoch the number under which it holds it: whoever raised it last is the owner
   * @param position how far the database says it is read; empty where nothing is
   * @param meetAt how far it may be read while a {@link Meeting} is on; empty where none is known of
   */
  record Held(long epoch, Optional<Position> position, Optional<Position> meetAt) {
    Held(long epoch, Optional<Position> position) {
      this(epoch, position, Optional.empty());
    }
  }

  /**
   * A step forward in one partition.
   *
   * @param appendedAt when the log took the last record of the step; empty where the step has none
   * @param happenedAt when what that record says happened; empty where it does not say so
   */
  record Step(Partition partition, Held held, Position to, Optional<Instant> appendedAt,
      Optional<Instant> happenedAt, int events, int rows, int parked) {}

  // In the partitions' order, as every statement that locks several.
  private static final String RAISE = """
      INSERT INTO millrace.checkpoint AS c (view, generation, stream, "partition", epoch, owner, updated_at)
      SELECT ?, ?, u.stream, u.part, 1, ?, ?::timestamptz FROM unnest(?::text[], ?::text[]) AS u(stream, part)
      ON CONFLICT (view, generation, stream, "partition")
      DO UPDATE SET epoch = c.epoch + 1, owner = excluded.owner, updated_at = excluded.updated_at
      RETURNING stream, "partition", epoch, "position"
      """;
  // The position it starts from is compared as well: a commit whose answer was lost is not made twice.
  private static final String ADVANCE = """
      UPDATE millrace.checkpoint c
      SET "position" = u.ends, appended_at = coalesce(u.appended::timestamptz, c.appended_at),
          happened_at = coalesce(u.happened::timestamptz, c.happened_at),
          events = c.events + u.events, "rows" = c."rows" + u.grown, parked = c.parked + u.parked,
          updated_at = ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::int8[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[],
          ?::int8[], ?::text[]) AS u(stream, part, epoch, begins, ends, appended, happened, events, grown, parked, meet)
      WHERE c.view = ? AND c.generation = ? AND c.stream = u.stream AND c."partition" = u.part
        AND c.epoch = u.epoch AND c."position" IS NOT DISTINCT FROM u.begins
        AND (c.meet_until IS NULL OR c.meet_until < clock_timestamp() OR c.meet_at = u.meet)
      """;

  private static final String HELD = """
      SELECT c.stream, c."partition", c.epoch, c."position",
        CASE WHEN c.meet_until > clock_timestamp() THEN c.meet_at END
      FROM unnest(?::text[], ?::text[]) AS u(stream, part)
      JOIN millrace.checkpoint c ON c.stream = u.stream AND c."partition" = u.part
      WHERE c.view = ? AND c.generation = ?
      """;

  // What there is of a view grows as a whole: the first partition has all its rows.
  private static final String BEGIN = """
      INSERT INTO millrace.checkpoint (view, generation, stream, "partition", "position", epoch, owner, events, "rows",
        parked, appended_at, updated_at)
      SELECT ?, ?, u.stream, u.part, u.ends, 0, ?, u.events, CASE u.nr WHEN 1 THEN ? ELSE 0 END, u.parked,
        u.appended::timestamptz, ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[])
          WITH ORDINALITY AS u(stream, part, ends, appended, events, parked, nr)
      """;

  private static final String REDRIVEN = """
      UPDATE millrace.checkpoint c
      SET events = c.events + u.events, "rows" = c."rows" + u.grown, parked = c.parked - u.gone,
          updated_at = ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[]) AS u(stream, part, events, grown, gone)
      WHERE c.view = ? AND c.generation = ? AND c.stream = u.stream AND c."partition" = u.part
      """;

  private final String view;
  private final int generation;

  Checkpoints(String view, int generation) {
    this.view = view;
    this.generation = generation;
  }

  /** Takes the partitions from whoever had them: from here on the database refuses what the one before would commit. */
  Map<Partition, Held> raise(Connection connection, Collection<Partition> partitions, String owner,
      Instant now)
      throws SQLException {
    var sorted = partitions.stream().sorted().toList();
    var held = new HashMap<Partition, Held>();
    try (var statement = connection.prepareStatement(RAISE)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.setString(3, owner);
      statement.setString(4, now.toString());
      SqlArray.set(statement, 5, "text", sorted, partition -> partition.stream().value());
      SqlArray.set(statement, 6, "text", sorted, Partition::id);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          held.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              new Held(rows.getLong(3), position(rows.getString(4))));
        }
      }
    }
    return held;
  }

  /**
   * All that was read of a partition.
   *
   * @param appendedAt when the log took the last record; empty where there was none
   */
  record Tally(Position position, Optional<Instant> appendedAt, long events, long parked) {}

  /** Writes down how far partitions are read that nobody has taken yet, in place of what was written before. */
  void begin(Connection connection, SortedMap<Partition, Tally> tallies, long rows, String owner, Instant now)
      throws SQLException {
    clear(connection);
    var partitions = tallies.keySet();
    var all = tallies.values();
    try (var statement = connection.prepareStatement(BEGIN)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.setString(3, owner);
      statement.setLong(4, rows);
      statement.setString(5, now.toString());
      SqlArray.set(statement, 6, "text", partitions, partition -> partition.stream().value());
      SqlArray.set(statement, 7, "text", partitions, Partition::id);
      SqlArray.set(statement, 8, "text", all, tally -> tally.position.value());
      SqlArray.set(statement, 9, "text", all, tally -> tally.appendedAt.map(Instant::toString).orElse(null));
      SqlArray.set(statement, 10, "int8", all, tally -> tally.events);
      SqlArray.set(statement, 11, "int8", all, tally -> tally.parked);
      statement.executeUpdate();
    }
  }

  /** Forgets all that was read. */
  void clear(Connection connection) throws SQLException {
    try (var statement = connection
        .prepareStatement("DELETE FROM millrace.checkpoint WHERE view = ? AND generation = ?")) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.executeUpdate();
    }
  }

  /** All that was read of every partition of which something was. */
  SortedMap<Partition, Tally> tallies(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("""
        SELECT stream, "partition", "position", appended_at, events, parked FROM millrace.checkpoint
        WHERE view = ? AND generation = ? AND "position" IS NOT NULL
        """)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      var tallies = new TreeMap<Partition, Tally>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var appended = rows.getObject(4, OffsetDateTime.class);
          tallies.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              new Tally(Position.of(rows.getString(3)),
                  Optional.ofNullable(appended).map(OffsetDateTime::toInstant), rows.getLong(5),
                  rows.getLong(6)));
        }
      }
      return tallies;
    }
  }

  /**
   * Moves the partitions on; false where one of them is no longer the caller's, is not where the caller thinks, or is to stop for
   * a meeting that the caller does not know of.
   */
  boolean advance(Connection connection, List<Step> steps, Instant now) throws SQLException {
    try (var statement = connection.prepareStatement(ADVANCE)) {
      statement.setString(1, now.toString());
      SqlArray.set(statement, 2, "text", steps, step -> step.partition.stream().value());
      SqlArray.set(statement, 3, "text", steps, step -> step.partition.id());
      SqlArray.set(statement, 4, "int8", steps, step -> step.held.epoch);
      SqlArray.set(statement, 5, "text", steps, step -> step.held.position.map(Position::value).orElse(null));
      SqlArray.set(statement, 6, "text", steps, step -> step.to.value());
      SqlArray.set(statement, 7, "text", steps, step -> step.appendedAt.map(Instant::toString).orElse(null));
      SqlArray.set(statement, 8, "text", steps, step -> step.happenedAt.map(Instant::toString).orElse(null));
      SqlArray.set(statement, 9, "int8", steps, step -> (long) step.events);
      SqlArray.set(statement, 10, "int8", steps, step -> (long) step.rows);
      SqlArray.set(statement, 11, "int8", steps, step -> (long) step.parked);
      SqlArray.set(statement, 12, "text", steps, step -> step.held.meetAt
          .filter(place -> place.compareTo(step.to) >= 0).map(Position::value).orElse(null));
      statement.setString(13, view);
      statement.setInt(14, generation);
      return statement.executeUpdate() == steps.size();
    }
  }

  /** What is so of these partitions now, whoever holds them; without those of which nothing is known. */
  Map<Partition, Held> held(Connection connection, Collection<Partition> partitions) throws SQLException {
    try (var statement = connection.prepareStatement(HELD)) {
      SqlArray.set(statement, 1, "text", partitions, partition -> partition.stream().value());
      SqlArray.set(statement, 2, "text", partitions, Partition::id);
      statement.setString(3, view);
      statement.setInt(4, generation);
      var held = new HashMap<Partition, Held>();
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          held.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              new Held(rows.getLong(3), position(rows.getString(4)), position(rows.getString(5))));
      }
      return held;
    }
  }

  private static Optional<Position> position(@Nullable String value) {
    return Optional.ofNullable(value).map(Position::of);
  }

  /**
   * Counts events that are parked no more, whoever holds their partitions: no position changes.
   *
   * @param events how many were applied
   * @param grown by how many rows the view grew
   * @param gone how many are parked no more; has all the partitions that there are
   */
  void redriven(Connection connection, Map<Partition, Integer> events, int grown,
      Map<Partition, Integer> gone,
      Instant now) throws SQLException {
    if (gone.isEmpty())
      return;
    var partitions = gone.keySet().stream().sorted().toList();
    try (var statement = connection.prepareStatement(REDRIVEN)) {
      statement.setString(1, now.toString());
      SqlArray.set(statement, 2, "text", partitions, partition -> partition.stream().value());
      SqlArray.set(statement, 3, "text", partitions, Partition::id);
      SqlArray.set(statement, 4, "int8", partitions, one -> (long) events.getOrDefault(one, 0));
      SqlArray.set(statement, 5, "int8", partitions,
          one -> one.equals(partitions.getFirst()) ? (long) grown : 0L);
      SqlArray.set(statement, 6, "int8", partitions, one -> (long) gone.getOrDefault(one, 0));
      statement.setString(7, view);
      statement.setInt(8, generation);
      if (statement.executeUpdate() != partitions.size())
        throw new ViewException(ViewException.Code.INTERNAL,
            view + " has no checkpoint of one of " + partitions);
    }
  }

  /** How far every partition is read. */
  Map<Partition, Position> read(Connection connection) throws SQLException {
    var positions = new HashMap<Partition, Position>();
    tallies(connection).forEach((partition, tally) -> positions.put(partition, tally.position));
    return positions;
  }
}
