package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows of a generation, loaded, folded and written by sets. */
final class FoldedRows<R extends Record> implements Writing<R> {
  private final Projection<R> projection;
  private final RowTable<R> table;

  FoldedRows(Projection<R> projection, int generation) {
    this.projection = projection;
    this.table = new RowTable<>(projection.sqlTable(generation), projection.mapping());
  }

  @Override
  public Optional<Outcome<R>> write(Connection connection, List<Decoded<R>> batch, ParkedKeys parkedKeys)
      throws SQLException {
    var keys = Folding.keys(batch);
    var before = keys.isEmpty() ? Map.<RowKey, R>of() : table.load(connection, keys);
    var outcome = new Folding<>(projection, before, parkedKeys).fold(batch);
    if (!table.insert(connection, outcome.inserts()))
      return Optional.empty();
    table.update(connection, outcome.updates());
    table.delete(connection, outcome.deletes());
    return Optional.of(outcome);
  }
}
