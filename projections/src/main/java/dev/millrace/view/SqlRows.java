package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Rows of a generation that SQL of the projection's own changes, and folds between. */
final class SqlRows<R extends Record> extends InTurn<R> {
  private static final String GROWN = """
      SELECT pg_stat_get_xact_tuples_inserted(t) - pg_stat_get_xact_tuples_deleted(t)
      FROM (SELECT ?::regclass::oid AS t) AS one
      """;
  private static final String CONFLICT = "40001";

  private final Projection<R> projection;
  private final String table;
  private final FoldedRows<R> folded;

  SqlRows(Projection<R> projection, int generation) {
    super(Failure.FOLD_FAILED);
    this.projection = projection;
    this.table = projection.sqlTable(generation);
    this.folded = new FoldedRows<>(projection, generation);
  }

  @Override
  Optional<Failure> run(Decoded.Changes<R> event, Connection connection, Connection lent)
      throws SQLException {
    if (!event.changes().isEmpty()) {
      var outcome = folded.write(connection, List.of(event), new ParkedKeys())
          .orElseThrow(() -> new SQLException("another runner's new row", CONFLICT));
      if (!outcome.parked().isEmpty())
        return Optional.of(outcome.parked().getFirst().failure());
    }
    for (var handler : projection.sqlHandlers(event.event()))
      handler.on(event.event(), event.record(), table, lent);
    return Optional.empty();
  }

  @Override
  long grown(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(GROWN)) {
      statement.setString(1, table);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
