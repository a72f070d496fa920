package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to rebuild a view, which one rebuild has at a time: a lock that ends with its session, so that nobody keeps it who
 * crashed. What a rebuild writes goes over the same session: one that has lost the right cannot write. Owned by one thread.
 */
final class RebuildClaim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RebuildClaim.class);
  private static final String NUMBER = "hashtextextended('millrace rebuild ' || ?, 0)";

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final Connection connection;
  private final String view;

  private RebuildClaim(Connection connection, String view) {
    this.connection = connection;
    this.view = view;
  }

  /**
   * Takes the right, and waits a moment for it: the database may not have noticed yet that the one before is gone.
   *
   * @throws ViewException REFUSED where another rebuild of the view is at work
   */
  static RebuildClaim take(DataSource database, String view) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      var connection = database.getConnection();
      try {
        while (!ask(connection, "pg_try_advisory_lock", view)) {
          if (System.nanoTime() > deadline) {
            throw new ViewException(REFUSED, "another rebuild of " + view
                + " is at work: wait for it, or cancel it");
          }
          LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        return new RebuildClaim(connection, view);
      } catch (SQLException | ViewException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw SqlFailure.exception("beginning a rebuild of " + view, e);
    }
  }

  /** Takes the right, if nobody has it now. */
  static Optional<RebuildClaim> tryTake(DataSource database, String view) {
    try {
      var connection = database.getConnection();
      if (ask(connection, "pg_try_advisory_lock", view))
        return Optional.of(new RebuildClaim(connection, view));
      connection.close();
      return Optional.empty();
    } catch (SQLException e) {
      throw SqlFailure.exception("looking whether anybody has " + view, e);
    }
  }

  private static boolean ask(Connection connection, String function, String view) throws SQLException {
    connection.setAutoCommit(true);
    try (var statement = connection.prepareStatement("SELECT " + function + "(" + NUMBER + ")")) {
      statement.setString(1, view);
      try (var rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try (connection) {
      ask(connection, "pg_advisory_unlock", view);
    } catch (SQLException e) {
      LOG.debug("the session of a rebuild of {} is gone, and its right with it", view, e);
    }
  }
}
