package dev.millrace.view;

import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Has two generations of a view wait for each other, so that they can be compared while events keep coming: each is read as far
 * as the one that is ahead, in every partition, and no further until the meeting is over. Whoever keeps them learns of it by the
 * checkpoint that it is about to move, in whatever process, and waits itself ({@link Shift}). It is over when it is closed or its
 * time is up, by the database's clock: nobody waits for longer for one that called and died.
 */
final class Meeting implements AutoCloseable {
  // Locked in the partitions' order, as every statement that locks several: none of them moves while the places are found.
  private static final String LOCK = """
      SELECT FROM millrace.checkpoint WHERE view = ? AND generation = ANY (?)
      ORDER BY generation, stream, "partition" FOR UPDATE
      """;
  private static final String CALL = """
      UPDATE millrace.checkpoint c SET meet_at = u.place, meet_until = clock_timestamp() + ? * interval '1 millisecond'
      FROM unnest(?::text[], ?::text[], ?::text[]) AS u(stream, part, place)
      WHERE c.view = ? AND c.generation = ANY (?) AND c.stream = u.stream AND c."partition" = u.part
      """;
  private static final String END = """
      UPDATE millrace.checkpoint SET meet_at = NULL, meet_until = NULL WHERE view = ? AND generation = ANY (?)
      """;

  private final DataSource database;
  private final String view;
  private final Integer[] generations;
  private boolean over;

  private Meeting(DataSource database, String view, List<Integer> generations) {
    this.database = database;
    this.view = view;
    this.generations = generations.toArray(Integer[]::new);
  }

  /** Has them wait for each other, for this long at most. */
  static Meeting call(DataSource database, String view, List<Integer> generations, Duration atMost) {
    var meeting = new Meeting(database, view, generations);
    Transaction.run(database, "calling a meeting of the generations of " + view, connection -> {
      meeting.update(connection, LOCK);
      meeting.say(connection, atMost);
      return view;
    });
    return meeting;
  }

  private void say(Connection connection, Duration atMost) throws SQLException {
    SortedMap<Partition, Position> places = new TreeMap<>();
    for (int generation : generations) {
      Map<Partition, Position> reached = new Checkpoints(view, generation).read(connection);
      reached.forEach((partition, position) -> places.merge(partition, position,
          (one, other) -> one.compareTo(other) >= 0 ? one : other));
    }
    try (var statement = connection.prepareStatement(CALL)) {
      statement.setLong(1, atMost.toMillis());
      SqlArray.set(statement, 2, "text", places.keySet(), partition -> partition.stream().value());
      SqlArray.set(statement, 3, "text", places.keySet(), Partition::id);
      SqlArray.set(statement, 4, "text", places.values(), Position::value);
      statement.setString(5, view);
      statement.setArray(6, connection.createArrayOf("int4", generations));
      statement.executeUpdate();
    }
  }

  private void update(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, view);
      statement.setArray(2, connection.createArrayOf("int4", generations));
      statement.execute();
    }
  }

  /** Lets them go on, if they do not already. */
  @Override
  public void close() {
    if (over)
      return;
    over = true;
    Transaction.run(database, "ending the meeting of the generations of " + view, connection -> {
      update(connection, LOCK);
      update(connection, END);
      return view;
    });
  }
}
