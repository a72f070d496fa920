package dev.millrace.connect;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;

import dev.millrace.connect.RelayException.Code;
import dev.millrace.publish.OutboxTable;

/**
 * The ids of the rows that were inserted, in the order of the commits: what the embedded Debezium engine reads from the
 * replication slot. It starts where the slot is, which may be before the last batch: rows are told of again, never left
 * out. The slot moves only after a batch was handled.
 */
final class ChangeStream {
  /** Handles a batch; the slot moves past it when this returns. */
  interface Handler {
    void handle(List<Insert> inserts) throws SQLException;
  }

  private static final String TABLE_SUFFIX = "." + OutboxTable.NAME;

  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private final Handler handler;
  private final AtomicReference<@Nullable Throwable> handlerFailure = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> engineFailure = new AtomicReference<>();
  private final Reading reading = new Reading();

  ChangeStream(Properties settings, Handler handler, Runnable started) {
    this.handler = handler;
    this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
        .using(settings)
        .using(OffsetCommitPolicy.always())
        .using((success, message, error) -> engineFailure.set(error))
        .using(new DebeziumEngine.ConnectorCallback() {
          @Override
          public void pollingStarted() {
            started.run();
          }
        })
        .notifying(this::handle)
        .build();
  }

  /** What the engine is to do. */
  static Properties settings(Database database, Slot slot, String schema, int batchSize,
      Duration pollInterval) {
    var settings = new Properties();
    settings.setProperty("name", slot.name());
    settings.setProperty("topic.prefix", slot.name());
    settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    settings.setProperty("database.hostname", database.host());
    settings.setProperty("database.port", database.port());
    settings.setProperty("database.dbname", database.name());
    settings.setProperty("database.user", database.user());
    settings.setProperty("database.password", database.password());
    database.options().forEach((name, value) -> settings.setProperty("driver." + name, value));
    settings.setProperty("plugin.name", "pgoutput");
    settings.setProperty("slot.name", slot.name());
    settings.setProperty("publication.name", OutboxTable.PUBLICATION);
    settings.setProperty("publication.autocreate.mode", "disabled");
    settings.setProperty("table.include.list", schema + TABLE_SUFFIX);
    settings.setProperty("column.include.list", schema + TABLE_SUFFIX + ".id");
    // The slot's own position is where to begin; the engine needs to remember nothing.
    settings.setProperty("snapshot.mode", "no_data");
    settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    settings.setProperty("max.batch.size", Integer.toString(batchSize));
    settings.setProperty("max.queue.size", Integer.toString(4 * batchSize));
    settings.setProperty("poll.interval.ms", Long.toString(pollInterval.toMillis()));
    // Moves the slot while only other tables are written: a heartbeat alone does not.
    settings.setProperty("heartbeat.interval.ms", "5000");
    settings.setProperty("heartbeat.action.query", "select pg_logical_emit_message(false, 'millrace', '')");
    // The relay tries again itself, from the beginning: after a failure the slot may be gone.
    settings.setProperty("errors.max.retries", "0");
    settings.setProperty("slot.max.retries", "0");
    settings.setProperty("record.processing.threads", "1");
    settings.setProperty("statistics.metrics.enabled", "false");
    // Its MBeans are named by the relay alone, and where a name is taken it waits for two minutes.
    settings.setProperty("custom.metric.tags", "server-address=" + database.hostAndPort());
    return settings;
  }

  /**
   * Reads until it is stopped.
   *
   * @throws RuntimeException what the handler threw, or a {@link RelayException} STREAM
   */
  void run() throws SQLException {
    reading.run(engine);
    var failure = handlerFailure.get();
    switch (failure) {
      case null -> {
      }
      case SQLException sql -> throw sql;
      case RuntimeException known -> throw known;
      default -> throw new RelayException(Code.STREAM, "the relay failed", failure);
    }
    var broken = engineFailure.get();
    if (broken != null) {
      throw new RelayException(Code.STREAM, "the stream of changes broke off: " + deepest(broken), broken);
    }
  }

  /** Stops the reading; answers whether it could: not while the engine starts. May be called from any thread. */
  boolean stop() {
    try {
      engine.close();
      reading.end();
      return true;
    } catch (IOException | IllegalStateException e) {
      return false;
    }
  }

  private void handle(List<RecordChangeEvent<SourceRecord>> events,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer) throws InterruptedException {
    try {
      handler.handle(inserts(events));
    } catch (SQLException | RuntimeException e) {
      handlerFailure.set(e);
      throw new RelayException(Code.STREAM, "the relay could not go on", e);
    }
    // The last one's position stands for all of them.
    committer.markProcessed(events.getLast());
    committer.markBatchFinished();
  }

  private static List<Insert> inserts(List<RecordChangeEvent<SourceRecord>> events) {
    return events.stream().map(RecordChangeEvent::record).filter(ChangeStream::isInsert).map(
        record -> new Insert(((Struct) record.key()).getInt64("id"),
            String.valueOf(record.sourceOffset().get("txId"))))
        .toList();
  }

  private static boolean isInsert(SourceRecord record) {
    return record.topic().endsWith(TABLE_SUFFIX) && record.key() instanceof Struct;
  }

  private static String deepest(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
  }
}
