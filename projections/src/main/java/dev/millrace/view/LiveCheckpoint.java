package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.UNKNOWN_VIEW;

import dev.millrace.log.Cursor;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How far the generation that readers see has read some partitions: one question, by primary keys. Safe for many threads. */
final class LiveCheckpoint {
  // The transaction that wrote the view's row last: it tells a promotion and its rollback from nothing having happened.
  private static final String ASK = """
      SELECT v.live_generation, v.xmin::text, u.stream, u.part, c."position"
      FROM millrace.view v CROSS JOIN unnest(?::text[], ?::text[]) AS u(stream, part)
      LEFT JOIN millrace.checkpoint c ON c.view = v.name AND c.generation = v.live_generation
        AND c.stream = u.stream AND c."partition" = u.part
      WHERE v.name = ?
      """;

  private final Projection<?> projection;
  private final DataSource database;

  LiveCheckpoint(Projection<?> projection, DataSource database) {
    this.projection = projection;
    this.database = database;
  }

  /**
   * What was found.
   *
   * @param generation the live one
   * @param since stands for the promotion that made it so
   * @param cursor how far it has read; what it has not begun to read is not in it
   */
  record Reached(int generation, String since, Cursor cursor) {
    boolean isOfOnePromotion(Reached other) {
      return generation == other.generation && since.equals(other.since);
    }
  }

  /** @throws ViewException UNKNOWN_VIEW where the view was never built; DATABASE_UNREACHABLE */
  Reached ask(Collection<Partition> partitions) {
    try (var connection = database.getConnection(); var statement = connection.prepareStatement(ASK)) {
      SqlArray.set(statement, 1, "text", partitions, partition -> partition.stream().value());
      SqlArray.set(statement, 2, "text", partitions, Partition::id);
      statement.setString(3, projection.name());
      return read(statement);
    } catch (SQLException e) {
      throw switch (String.valueOf(e.getSQLState())) {
        case "42P01", "3F000" -> unknownView(projection, e);
        default -> SqlFailure.exception("asking how far " + projection.name() + " is", e);
      };
    }
  }

  private Reached read(PreparedStatement statement) throws SQLException {
    try (var rows = statement.executeQuery()) {
      if (!rows.next())
        throw unknownView(projection, null);
      int generation = rows.getInt(1);
      var since = rows.getString(2);
      Map<Partition, Position> positions = new HashMap<>();
      do {
        var position = rows.getString(5);
        if (position != null)
          positions.put(new Partition(StreamName.of(rows.getString(3)), rows.getString(4)),
              Position.of(position));
      } while (rows.next());
      return new Reached(generation, since, Cursor.of(positions));
    }
  }

  static ViewException unknownView(Projection<?> projection, @Nullable SQLException cause) {
    return new ViewException(UNKNOWN_VIEW, "the database has no view " + projection.name()
        + ": start its runner first", cause);
  }
}
