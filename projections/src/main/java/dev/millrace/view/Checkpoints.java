package dev.millrace.view;

import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far a generation has read each partition, and who may say so. */
final class Checkpoints {
  /**
   * A partition that a runner holds.
   *
   * @param epoch the number under which it holds it: whoever raised it last is the owner
   * @param position how far the database says it is read; empty where nothing is
   */
  record Held(long epoch, Optional<Position> position) {}

  /**
   * A step forward in one partition.
   *
   * @param appendedAt when the log took the last record of the step; empty where the step has none
   */
  record Step(Partition partition, Held held, Position to, Optional<Instant> appendedAt, int events, int rows,
      int parked) {}

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
          events = c.events + u.events, "rows" = c."rows" + u.grown, parked = c.parked + u.parked,
          updated_at = ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::int8[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[])
          AS u(stream, part, epoch, begins, ends, appended, events, grown, parked)
      WHERE c.view = ? AND c.generation = ? AND c.stream = u.stream AND c."partition" = u.part
        AND c.epoch = u.epoch AND c."position" IS NOT DISTINCT FROM u.begins
      """;

  private static final String BEGIN = """
      INSERT INTO millrace.checkpoint (view, generation, stream, "partition", "position", epoch, owner, events, "rows",
        parked, appended_at, updated_at)
      SELECT ?, ?, u.stream, u.part, u.ends, 0, ?, u.events, u.grown, u.parked, u.appended::timestamptz, ?::timestamptz
      FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[])
          AS u(stream, part, ends, appended, events, grown, parked)
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
          var position = Optional.ofNullable(rows.getString(4)).map(Position::of);
          held.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              new Held(rows.getLong(3), position));
        }
      }
    }
    return held;
  }

  /** Writes down how far partitions are read that nobody has taken yet. */
  void begin(Connection connection, Collection<Step> steps, String owner, Instant now) throws SQLException {
    try (var statement = connection.prepareStatement(BEGIN)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.setString(3, owner);
      statement.setString(4, now.toString());
      SqlArray.set(statement, 5, "text", steps, step -> step.partition.stream().value());
      SqlArray.set(statement, 6, "text", steps, step -> step.partition.id());
      SqlArray.set(statement, 7, "text", steps, step -> step.to.value());
      SqlArray.set(statement, 8, "text", steps, step -> step.appendedAt.map(Instant::toString).orElse(null));
      SqlArray.set(statement, 9, "int8", steps, step -> (long) step.events);
      SqlArray.set(statement, 10, "int8", steps, step -> (long) step.rows);
      SqlArray.set(statement, 11, "int8", steps, step -> (long) step.parked);
      statement.executeUpdate();
    }
  }

  /** Moves the partitions on; false where one of them is no longer the caller's, or is not where the caller thinks. */
  boolean advance(Connection connection, List<Step> steps, Instant now) throws SQLException {
    try (var statement = connection.prepareStatement(ADVANCE)) {
      statement.setString(1, now.toString());
      SqlArray.set(statement, 2, "text", steps, step -> step.partition.stream().value());
      SqlArray.set(statement, 3, "text", steps, step -> step.partition.id());
      SqlArray.set(statement, 4, "int8", steps, step -> step.held.epoch);
      SqlArray.set(statement, 5, "text", steps, step -> step.held.position.map(Position::value).orElse(null));
      SqlArray.set(statement, 6, "text", steps, step -> step.to.value());
      SqlArray.set(statement, 7, "text", steps, step -> step.appendedAt.map(Instant::toString).orElse(null));
      SqlArray.set(statement, 8, "int8", steps, step -> (long) step.events);
      SqlArray.set(statement, 9, "int8", steps, step -> (long) step.rows);
      SqlArray.set(statement, 10, "int8", steps, step -> (long) step.parked);
      statement.setString(11, view);
      statement.setInt(12, generation);
      return statement.executeUpdate() == steps.size();
    }
  }

  /** How far every partition is read. */
  Map<Partition, Position> read(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("""
        SELECT stream, "partition", "position" FROM millrace.checkpoint
        WHERE view = ? AND generation = ? AND "position" IS NOT NULL
        """)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      var positions = new HashMap<Partition, Position>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          positions.put(new Partition(StreamName.of(rows.getString(1)), rows.getString(2)),
              Position.of(rows.getString(3)));
        }
      }
      return positions;
    }
  }
}
