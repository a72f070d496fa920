package dev.millrace.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.millrace.connect.Mark.Phase;
import dev.millrace.connect.RelayException.Code;
import dev.millrace.connect.RelayHealth.State;
import dev.millrace.log.BatchWriter;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.publish.OutboxTable;
import dev.millrace.schema.Fault;

/**
 * Brings rows to the log, each once. What is still in the table is not in the log, but for the rows of the log's last
 * mark: a batch is read, appended together with a mark that names its rows, and deleted; only then the next begins. So a
 * row that is told of again after a crash is either gone, and left alone, or was not relayed. Owned by one thread at a time.
 */
final class Transfer implements AutoCloseable {
  private final Connection connection;
  private final EventLog log;
  private final String name;
  private final Pulse pulse;
  private final Pause pause;
  private final OpenTransactions transactions;
  private BatchWriter writer;

  /** Takes the name at the log: whoever had it can append no more. */
  Transfer(Connection connection, EventLog log, String relay, Pulse pulse, Pause pause) {
    this.connection = connection;
    this.log = log;
    this.name = "outbox-" + relay;
    this.pulse = pulse;
    this.pause = pause;
    this.transactions = new OpenTransactions(connection, pause);
    this.writer = log.batchWriter(name);
  }

  /** Finishes what the last relay of this name began; answers where it had found its rows. */
  Phase resume() throws SQLException {
    var text = writer.mark();
    if (text.isEmpty())
      return Phase.TABLE;
    var mark = Mark.parse(text.get());
    if (mark.batch().isPresent()) {
      deleteIfThere(mark.batch().get());
    }
    return mark.phase();
  }

  /** Says in the log where rows are found from now on. */
  void enter(Phase phase) {
    append(List.of(), Mark.of(phase));
  }

  /** Brings rows that were seen in the table, in the order of the ids given, if they are there still. */
  void bringFromTable(long[] ids) throws SQLException {
    bring(Phase.TABLE, ids, OutboxTable.read(connection, ids));
  }

  /**
   * Brings the rows that the write-ahead log told of, in its order. One that cannot be seen was relayed before; or it was
   * committed so lately that nobody can see it yet, which the end of its transaction decides.
   */
  void bringFromWal(List<Insert> inserts) throws SQLException {
    var ids = inserts.stream().mapToLong(Insert::id).toArray();
    var rows = OutboxTable.read(connection, ids);
    if (rows.size() < ids.length) {
      var unseen = inserts.stream().filter(insert -> !rows.containsKey(insert.id())).toList();
      transactions.awaitEnd(unseen.stream().map(Insert::transaction).distinct().toList());
      if (pause.isClosed())
        throw new RelayException(Code.STREAM, "the relay was closed");
      rows.putAll(OutboxTable.read(connection, unseen.stream().mapToLong(Insert::id).toArray()));
    }
    bring(Phase.WAL, ids, rows);
  }

  private void bring(Phase phase, long[] ids, Map<Long, LogEntry> rows) throws SQLException {
    if (rows.isEmpty())
      return;
    var entries = new ArrayList<LogEntry>(rows.size());
    var brought = new long[rows.size()];
    var last = "";
    long lastId = Long.MIN_VALUE;
    for (long id : ids) {
      var entry = rows.remove(id);
      if (entry == null)
        continue;
      brought[entries.size()] = id;
      entries.add(entry);
      if (id > lastId) {
        lastId = id;
        last = entry.envelope().id();
      }
    }
    Arrays.sort(brought);
    append(entries, Mark.of(phase, new Mark.Batch(brought, last)));
    OutboxTable.delete(connection, brought);
    pulse.brought(entries.size());
  }

  @Override
  public void close() {
    writer.close();
  }

  private void deleteIfThere(Mark.Batch batch) throws SQLException {
    long last = batch.ids()[batch.ids().length - 1];
    var row = OutboxTable.read(connection, new long[]{last}).get(last);
    if (row != null && row.envelope().id().equals(batch.lastEventId())) {
      OutboxTable.delete(connection, batch.ids());
    }
  }

  /** Tries until the log has it: a log that is away for a while is no reason to leave the stream of changes. */
  private void append(List<LogEntry> entries, Mark mark) {
    var text = mark.toString();
    for (int failures = 0;; failures++) {
      try {
        if (failures > 0) {
          writer.close();
          writer = log.batchWriter(name);
          if (writer.mark().equals(Optional.of(text))) {
            // The log had it, and only the answer was lost.
            pulse.enter(State.RELAYING);
            return;
          }
        }
        writer.append(entries, text);
        if (failures > 0) {
          pulse.enter(State.RELAYING);
        }
        return;
      } catch (LogException e) {
        if (e.fault() != Fault.EXTERNAL)
          throw e;
        pulse.failed(e);
        if (!pause.await(failures + 1))
          throw e;
      }
    }
  }
}
