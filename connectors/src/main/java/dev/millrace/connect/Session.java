package dev.millrace.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import dev.millrace.connect.Mark.Phase;
import dev.millrace.connect.RelayException.Code;
import dev.millrace.connect.RelayHealth.State;
import dev.millrace.publish.OutboxTable;

/** One attempt to relay: from taking the relay's name, to reading changes until something fails or it is stopped. */
final class Session {
  private final RelayConfig config;
  private final Slot slot;
  private final Pulse pulse;
  private final Pause pause;
  private final AtomicReference<@Nullable ChangeStream> stream = new AtomicReference<>();

  Session(RelayConfig config, Slot slot, Pulse pulse, Pause pause) {
    this.config = config;
    this.slot = slot;
    this.pulse = pulse;
    this.pause = pause;
  }

  /**
   * Relays until it fails or is stopped.
   *
   * @param sweep whether to look for rows in the table, as the slot may not have told of all
   */
  void run(boolean sweep) throws SQLException {
    pulse.enter(State.STARTING);
    try (var connection = config.database().connect(slot.name())) {
      takeName(connection);
      var schema = schemaOfOutbox(connection);
      boolean usable = slot.isUsable(connection);
      try (var transfer = new Transfer(connection, config.log(), config.name(), pulse, pause)) {
        var phase = transfer.resume();
        if (!usable) {
          if (phase == Phase.WAL) {
            // Said before there is a slot: after a crash its being there would hide that older rows are not relayed.
            transfer.enter(Phase.TABLE);
          }
          phase = Phase.TABLE;
          slot.create(connection);
        }
        if (phase == Phase.TABLE || sweep) {
          // What was committed before the slot is in the write-ahead log behind it: it must be seen in the table.
          new OpenTransactions(connection, pause).awaitTheirEnd();
          sweep(transfer);
        }
        if (phase == Phase.TABLE) {
          transfer.enter(Phase.WAL);
        }
        read(transfer, schema);
      }
    }
  }

  /** Ends the run; answers whether it could already. May be called from any thread. */
  boolean stop() {
    var running = stream.get();
    return running != null && running.stop();
  }

  private void read(Transfer transfer, String schema) throws SQLException {
    var settings = ChangeStream.settings(config.database(), slot, schema, config.batchSize(),
        config.pollInterval());
    var changes = new ChangeStream(settings, transfer::bringFromWal,
        () -> pulse.enter(State.RELAYING));
    stream.set(changes);
    if (!pause.isClosed()) {
      changes.run();
    }
  }

  /** Holds the relay's name at the database as long as the connection lives, so that two relays cannot both have it. */
  private void takeName(Connection connection) throws SQLException {
    try (var lock = connection.prepareStatement("select pg_try_advisory_lock(hashtextextended(?, 0))")) {
      lock.setString(1, slot.name());
      try (var row = lock.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          throw new RelayException(Code.IN_USE, "another relay named '" + config.name() + "' works at "
              + config.database()
              + ": stop it, or give this relay another name. This one takes over when it ends");
        }
      }
    }
  }

  private String schemaOfOutbox(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(
        """
            select current_setting('wal_level'), (select schemaname from pg_publication_tables
              where pubname = ? and tablename = ? and to_regclass(?) = (quote_ident(schemaname) || '.' || tablename)::regclass)
            """)) {
      query.setString(1, OutboxTable.PUBLICATION);
      query.setString(2, OutboxTable.NAME);
      query.setString(3, OutboxTable.NAME);
      try (var row = query.executeQuery()) {
        row.next();
        if (!"logical".equals(row.getString(1))) {
          throw new RelayException(Code.NOT_LOGICAL,
              config.database() + " runs with wal_level = " + row.getString(1)
                  + ": set wal_level = logical in postgresql.conf and restart it");
        }
        var schema = row.getString(2);
        if (schema == null) {
          throw new RelayException(Code.NO_OUTBOX, config.database() + " has no table " + OutboxTable.NAME
              + " in its search path, or no publication " + OutboxTable.PUBLICATION
              + " of it: create both once with Outbox.createTable(connection)");
        }
        return schema;
      }
    }
  }

  /** Brings the rows that are in the table; see {@link OutboxRelay} on their order. */
  private void sweep(Transfer transfer) throws SQLException {
    try (var connection = config.database().connect(slot.name())) {
      connection.setAutoCommit(false);
      try (var query = connection.prepareStatement(sweepQuery(connection))) {
        query.setFetchSize(config.batchSize());
        try (var rows = query.executeQuery()) {
          var ids = new ArrayList<Long>(config.batchSize());
          while (rows.next()) {
            ids.add(rows.getLong(1));
            if (ids.size() == config.batchSize()) {
              bring(transfer, ids);
            }
          }
          bring(transfer, ids);
        }
      }
    }
  }

  private static String sweepQuery(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement("show track_commit_timestamp");
        var row = query.executeQuery()) {
      row.next();
      return "select id from " + OutboxTable.NAME + " order by "
          + ("on".equals(row.getString(1)) ? "pg_xact_commit_timestamp(xmin), id" : "id");
    }
  }

  private static void bring(Transfer transfer, List<Long> ids) throws SQLException {
    transfer.bringFromTable(ids.stream().mapToLong(Long::longValue).toArray());
    ids.clear();
  }
}
