package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.schema.Event;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is to be done once for an event, whatever becomes of the view: an event said in an outbox, a row of a table of one's own.
 * {@snippet :
 * Projection.named("stock-level").of(StockLevel.class, StockLevel::none)
 *     .on(StockWrittenOff.TYPE, StockWrittenOff::stockCode, StockLevel::minus)
 *     .effect(StockWrittenOff.TYPE, (event, record, connection) ->
 *         outbox.append(connection, new ReorderWanted(event.stockCode()),
 *             envelope -> envelope.causedBy(record.envelope())))
 * }
 *
 * <p>Called by one thread at a time for the events of a stream key, in their order. What it does with the connection is committed
 * together with the mark that the event is done: so it happens once. What it does besides, such as a call of another service,
 * may happen more than once: the id of the record's envelope stays the same, for others to drop what they have seen.
 *
 * @param <E> the event
 */
@FunctionalInterface
public interface Effect<E extends Event> {
  /**
   * Does it. Where this throws, nothing of it is kept. An {@link SQLException}, also as a cause, that says that the database is
   * not there, or cannot now, has it tried again, without end; one of a statement that does not fit the tables stops the
   * effects of the view; after all else the event is parked, and those behind it under its stream key wait.
   *
   * @param record the event as the log has it: its envelope, key and position
   * @param connection in a transaction, which is not this code's to end: commit, rollback and close are refused
   */
  void on(E event, LogRecord record, Connection connection) throws SQLException;
}
