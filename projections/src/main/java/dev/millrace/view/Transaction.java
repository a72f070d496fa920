package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A connection in a transaction, which is rolled back on close unless it was committed. Owned by one thread. */
final class Transaction implements AutoCloseable {
  /** Work in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private final Connection connection;
  private boolean open = true;

  Transaction(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
  }

  Connection connection() {
    return connection;
  }

  void commit() throws SQLException {
    connection.commit();
    open = false;
  }

  @Override
  public void close() throws SQLException {
    if (!open)
      return;
    open = false;
    connection.rollback();
  }

  /** Does the work in a transaction of its own connection. @throws ViewException where the database does not */
  static <T> T run(DataSource database, String doing, Work<T> work) {
    try (var connection = database.getConnection(); var transaction = new Transaction(connection)) {
      var result = work.on(connection);
      transaction.commit();
      return result;
    } catch (SQLException e) {
      throw SqlFailure.exception(doing, e);
    }
  }
}
