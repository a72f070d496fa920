package dev.millrace.connect;

import java.sql.Connection;
import java.sql.SQLException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.millrace.connect.RelayException.Code;

/**
 * The replication slot of a relay: the server keeps its write-ahead log from the slot's position on, up to {@code
 * max_slot_wal_keep_size}; a slot that is further behind is lost.
 */
final class Slot {
  private static final Logger LOGGER = LoggerFactory.getLogger(Slot.class);

  private final String name;

  private Slot(String name) {
    this.name = name;
  }

  static Slot of(String relay) {
    return new Slot("millrace_" + relay.replace('-', '_'));
  }

  String name() {
    return name;
  }

  /**
   * Whether the slot is there and keeps what was not read yet. Drops one that is lost.
   *
   * @throws RelayException IN_USE where somebody reads from it
   */
  boolean isUsable(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(
        """
            select s.active_pid, a.application_name, s.wal_status = 'lost', s.plugin, s.database = current_database(),
              s.database
            from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid where s.slot_name = ?""")) {
      query.setString(1, name);
      try (var row = query.executeQuery()) {
        if (!row.next())
          return false;
        if (row.getString(1) != null)
          throw inUse(
              "process " + row.getString(1) + " of the server ('" + row.getString(2) + "') reads from it");
        if (!"pgoutput".equals(row.getString(4)) || !row.getBoolean(5))
          throw inUse("it belongs to database " + row.getString(6) + " and plugin " + row.getString(4));
        if (!row.getBoolean(3))
          return true;
      }
    }
    LOGGER.warn(
        "Replication slot {} was behind by more than max_slot_wal_keep_size and is lost: a new one takes its"
            + " place, and what is in the outbox is read from the table",
        name);
    drop(connection);
    return false;
  }

  /** Creates the slot; waits until the transactions that write now have ended. */
  void create(Connection connection) throws SQLException {
    int patience = connection.getNetworkTimeout();
    connection.setNetworkTimeout(Runnable::run, 0);
    try (var statement = connection
        .prepareStatement("select pg_create_logical_replication_slot(?, 'pgoutput')")) {
      statement.setString(1, name);
      statement.execute();
    }
    connection.setNetworkTimeout(Runnable::run, patience);
  }

  private void drop(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement("select pg_drop_replication_slot(?)")) {
      statement.setString(1, name);
      statement.execute();
    }
  }

  private RelayException inUse(String how) {
    return new RelayException(Code.IN_USE, "replication slot " + name + " cannot be shared: " + how
        + ". Stop the other, or give this relay another name");
  }
}
