package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.schema.Event;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Changes rows of a view with SQL of its own, where a fold of one row is not enough: a change of many rows at once, a row that
 * depends on others.
 * {@snippet :
 * Projection.named("product-price").of(ProductPrice.class, ProductPrice::none)
 *     .on(ProductListed.TYPE, ProductListed::stockCode, ProductPrice::listed)
 *     .sql(SupplierRaised.TYPE, (raised, record, table, connection) -> {
 *       try (var update = connection.prepareStatement("UPDATE " + table + " SET price = price * ? WHERE supplier = ?")) {
 *         update.setBigDecimal(1, raised.factor());
 *         update.setString(2, raised.supplier());
 *         update.executeUpdate();
 *       }
 *     })
 * }
 *
 * <p>What it writes has to follow from the event and the table alone, as a fold's row does: a rebuild does all of it again, in
 * another table. Events are taken one after the other, and so more slowly than they are folded.
 *
 * @param <E> the event
 */
@FunctionalInterface
public interface SqlHandler<E extends Event> {
  /**
   * Does it. What becomes of the event where this throws is as with an {@link Effect}: nothing of it is kept, what does not
   * answer is asked again, a statement that does not fit the tables stops the view, and after all else the event is parked.
   *
   * @param record the event as the log has it: its envelope, key and position
   * @param table the generation's table, quoted, with its schema; its columns are the row's components, in snake case
   * @param connection in a transaction, which is not this code's to end: commit, rollback and close are refused
   */
  void on(E event, LogRecord record, String table, Connection connection) throws SQLException;
}
