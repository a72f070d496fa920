package dev.millrace.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The transactions of the server that have not ended. The write-ahead log tells of a commit a moment before other
 * transactions can see what it changed; a transaction holds the lock on its own number until they can. Owned by one thread.
 */
final class OpenTransactions {
  private static final Duration REST = Duration.ofMillis(1);
  private static final String OPEN = "select transactionid::text from pg_locks where locktype = 'transactionid' and granted";

  private final Connection connection;
  private final Pause pause;

  OpenTransactions(Connection connection, Pause pause) {
    this.connection = connection;
    this.pause = pause;
  }

  /** Waits until whatever was committed before this call can be seen. */
  void awaitTheirEnd() throws SQLException {
    awaitEnd(open());
  }

  /** Waits until what these transactions changed can be seen. */
  void awaitEnd(List<String> transactions) throws SQLException {
    var waitedFor = new ArrayList<>(transactions);
    while (!waitedFor.isEmpty()) {
      waitedFor.retainAll(open());
      if (!waitedFor.isEmpty() && !pause.await(REST))
        return;
    }
  }

  private List<String> open() throws SQLException {
    var open = new ArrayList<String>();
    try (var query = connection.prepareStatement(OPEN); var rows = query.executeQuery()) {
      while (rows.next()) {
        open.add(rows.getString(1));
      }
    }
    return open;
  }
}
