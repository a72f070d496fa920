package dev.millrace.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

import dev.millrace.publish.OutboxTable;

/**
 * Counts the rows that wait, once a second, and notices a row that the slot will never tell of: it was there when the
 * write-ahead log was at some position, the slot has been read past that position, and it is still there. That happens
 * where somebody drops the slot in the instant in which the relay starts to read from it. Run by one thread.
 */
final class Watch implements Runnable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final String SAMPLE = "select count(*), min(id), pg_current_wal_lsn()::text,"
      + " (select confirmed_flush_lsn::text from pg_replication_slots where slot_name = ?) from "
      + OutboxTable.NAME;

  private final Database database;
  private final Slot slot;
  private final Pulse pulse;
  private final Pause pause;
  private final Runnable onMissed;
  private long oldest;
  private LogSequenceNumber seenAt = LogSequenceNumber.INVALID_LSN;

  Watch(Database database, Slot slot, Pulse pulse, Pause pause, Runnable onMissed) {
    this.database = database;
    this.slot = slot;
    this.pulse = pulse;
    this.pause = pause;
    this.onMissed = onMissed;
  }

  @Override
  public void run() {
    while (!pause.isClosed()) {
      try (var connection = database.connect(slot.name() + " watch")) {
        do {
          sample(connection);
        } while (pause.await(INTERVAL));
      } catch (SQLException e) {
        // The relay itself says what is wrong with the database.
        pulse.waitingUnknown();
        pause.await(INTERVAL);
      }
    }
  }

  private void sample(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(SAMPLE)) {
      query.setString(1, slot.name());
      try (var row = query.executeQuery()) {
        row.next();
        pulse.waiting(row.getLong(1));
        look(row.getLong(2), LogSequenceNumber.valueOf(row.getString(3)), row.getString(4));
      }
    }
  }

  /** @param oldestNow the least id, 0 where there is none */
  private void look(long oldestNow, LogSequenceNumber walEnd, @Nullable String readTo) {
    if (oldestNow == 0 || oldestNow != oldest) {
      oldest = oldestNow;
      seenAt = walEnd;
    } else if (readTo != null && LogSequenceNumber.valueOf(readTo).asLong() > seenAt.asLong()) {
      oldest = 0;
      onMissed.run();
    }
  }
}
