package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** How what a batch of events does is written, in the caller's transaction. Holds nothing of a batch. */
interface Writing<R extends Record> {
  /** How a generation's is. */
  static <R extends Record> Writing<R> of(Projection<R> projection, int generation) {
    if (generation == Projection.EFFECTS)
      return new Effects<>(projection);
    return projection.hasSql()
        ? new SqlRows<>(projection, generation)
        : new FoldedRows<>(projection, generation);
  }

  /**
   * Writes all that the batch does, but for the records that it has to keep aside, which the caller writes.
   *
   * @param parkedKeys the keys whose events wait; not changed
   * @return what it comes to; empty where another's row has come between, and the transaction is to be made again
   */
  Optional<Outcome<R>> write(Connection connection, List<Decoded<R>> batch, ParkedKeys parkedKeys)
      throws SQLException;
}
