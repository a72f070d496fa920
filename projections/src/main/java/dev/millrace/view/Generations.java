package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;
import static dev.millrace.view.ViewException.Code.UNKNOWN_VIEW;

import java.sql.Connection;
import java.sql.SQLException;
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
    return Transaction.run(database, "the live generation of " + projection.name(), this::live);
  }

  private int live(Connection connection) throws SQLException {
    return catalog.entry(connection).orElseThrow(() -> new ViewException(UNKNOWN_VIEW,
        "the database has no view " + projection.name() + ": start its runner first")).live();
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
   * @throws ViewException DEFINITION_CHANGED where their columns differ; UNKNOWN_VIEW
   */
  public Rebuild.Comparison compare(int generation) {
    return Transaction.run(database, "comparing the generations of " + projection.name(),
        connection -> compare(connection, generation));
  }

  private Rebuild.Comparison compare(Connection connection, int generation) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // both as of one moment
    int live = live(connection);
    if (!Objects.equals(catalog.definition(connection, live), catalog.definition(connection, generation))) {
      throw new ViewException(DEFINITION_CHANGED, "generations " + live + " and " + generation + " of "
          + projection.name() + " have other columns: they cannot be compared row by row");
    }
    var one = new Checkpoints(projection.name(), live).read(connection);
    var other = new Checkpoints(projection.name(), generation).read(connection);
    return new Rebuild.Comparison(one.equals(other), count(connection, live), count(connection, generation),
        different(connection, live, generation));
  }

  private long count(Connection connection, int generation) throws SQLException {
    return number(connection, "SELECT count(*) FROM " + projection.sqlTable(generation));
  }

  private long different(Connection connection, int one, int other) throws SQLException {
    var keys = projection.mapping().keys().stream().map(Column::quoted).collect(Collectors.joining(", "));
    return number(connection, "SELECT count(*) FROM " + projection.sqlTable(one) + " \"Old\" FULL JOIN "
        + projection.sqlTable(other) + " \"New\" USING (" + keys
        + ") WHERE \"Old\" IS DISTINCT FROM \"New\"");
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
