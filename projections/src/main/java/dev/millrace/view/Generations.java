package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Which generation of a view its readers see. Each change is one transaction. Safe for use by many threads. */
public final class Generations {
  private final Projection<?> projection;
  private final DataSource database;
  private final Catalog catalog;

  /** The generations of a projection's view; asks nobody yet. */
  public Generations(Projection<?> projection, DataSource database) {
    this.projection = projection;
    this.database = database;
    this.catalog = new Catalog(projection);
  }

  /**
   * The generation that readers see.
   *
   * @throws ViewException UNKNOWN_VIEW where the view was never built
   */
  public int live() {
    return Transaction.run(database, "the live generation of " + projection.name(), catalog::live);
  }

  /**
   * Makes a generation the live one.
   *
   * @throws ViewException UNKNOWN_VIEW where there is no such generation
   */
  public void promote(int generation) {
    Transaction.run(database, "promoting generation " + generation + " of " + projection.name(),
        connection -> {
          catalog.promote(connection, generation);
          return generation;
        });
  }

  /**
   * Makes the generation live again that was so before the last promotion, and answers its number.
   *
   * @throws ViewException REFUSED where there was none
   */
  public int rollback() {
    return Transaction.run(database, "rolling back " + projection.name(), catalog::rollback);
  }

  /**
   * Compares a generation with the live one.
   *
   * @param log where their events are
   * @throws ViewException DEFINITION_CHANGED where their columns differ; UNKNOWN_VIEW
   */
  public Comparison compare(EventLog log, int generation) {
    var found = Transaction.run(database, "comparing the generations of " + projection.name(),
        connection -> read(connection, generation));
    return new Comparison(found.isSamePlace(log), found.rows.live(), found.rows.rebuilt(),
        found.rows.different(),
        found.rows.examples());
  }

  /** Both generations as of one moment. */
  private record Found(Cursor live, Cursor other, GenerationDiff.Found rows) {
    /**
     * Whether both have read the same records. A log has places that hold none, so that two positions may mean the same: they
     * do where the log, asked after both were read, has nothing after either.
     */
    boolean isSamePlace(EventLog log) {
      var differ = new HashSet<Partition>();
      differ.addAll(live.positions().keySet());
      differ.addAll(other.positions().keySet());
      differ.removeIf(partition -> live.position(partition).equals(other.position(partition)));
      if (differ.isEmpty())
        return true;
      var streams = differ.stream().map(Partition::stream).collect(Collectors.toSet());
      var end = new HashMap<>(log.end(streams).positions());
      end.keySet().retainAll(differ);
      return live.hasReached(Cursor.of(end)) && other.hasReached(Cursor.of(end));
    }
  }

  private Found read(Connection connection, int generation) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // both as of one moment
    int live = catalog.live(connection);
    if (!Objects.equals(catalog.definition(connection, live), catalog.definition(connection, generation))) {
      throw new ViewException(DEFINITION_CHANGED, "generations " + live + " and " + generation + " of "
          + projection.name() + " have other columns: they cannot be compared row by row");
    }
    return new Found(Cursor.of(new Checkpoints(projection.name(), live).read(connection)),
        Cursor.of(new Checkpoints(projection.name(), generation).read(connection)),
        new GenerationDiff(projection).find(connection, live, generation));
  }
}
