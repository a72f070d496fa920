package dev.millrace.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;

/**
 * The outbox in the database: how its rows are written and read. {@link Outbox} adds rows; a relay reads and deletes them.
 * Every method works on the caller's connection, in its transaction if there is one.
 *
 * <p>{@code id} says who came first among rows of one transaction. Across transactions it does not: ids are given when a
 * row is inserted, and transactions commit in another order. The order that counts is that of the commits, which only the
 * write-ahead log has.
 */
public final class OutboxTable {
  /** The table's name. */
  public static final String NAME = "millrace_outbox";
  /** What a relay subscribes to: the ids of the rows inserted. The deletes are the relay's own. */
  public static final String PUBLICATION = "millrace_outbox_pub";

  /**
   * The envelope's attributes are columns of text, the time among them: a timestamp of PostgreSQL would drop its
   * nanoseconds. The subject is the key. Rows come and go, so the table is vacuumed by count, not by share.
   */
  private static final String CREATE = """
      do $$ begin
        -- "if not exists" does not guard against another that creates at the same time
        perform pg_advisory_xact_lock(hashtext('millrace_outbox'));
        create table if not exists millrace_outbox (
          id bigint generated always as identity primary key,
          created_at timestamptz not null default clock_timestamp(),
          stream text not null,
          key text not null,
          event_id text not null,
          source text not null,
          type text not null,
          time text not null,
          correlation_id text,
          causation_id text,
          traceparent text,
          tracestate text,
          payload bytea not null
        ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
          autovacuum_vacuum_insert_threshold = -1);
        if not exists (select from pg_publication where pubname = 'millrace_outbox_pub') then
          create publication millrace_outbox_pub for table millrace_outbox (id) with (publish = 'insert');
        end if;
      end $$""";

  private static final String COLUMNS = "stream, key, event_id, source, type, time, correlation_id, causation_id,"
      + " traceparent, tracestate, payload";
  private static final String INSERT = "insert into millrace_outbox (" + COLUMNS
      + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String SELECT = "select " + COLUMNS + ", id from millrace_outbox where id = any(?)";

  private OutboxTable() {}

  static void create(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(CREATE);
    }
  }

  static void insert(Connection connection, Iterable<LogEntry> entries) throws SQLException {
    try (var insert = connection.prepareStatement(INSERT)) {
      for (var entry : entries) {
        fill(insert, entry);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** The rows with these ids that are there, by their ids. */
  public static Map<Long, LogEntry> read(Connection connection, long[] ids) throws SQLException {
    var entries = new HashMap<Long, LogEntry>(2 * ids.length);
    try (var select = connection.prepareStatement(SELECT)) {
      select.setObject(1, ids);
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          entries.put(rows.getLong(12), entry(rows));
        }
      }
    }
    return entries;
  }

  /** Deletes the rows with these ids, all of them or, where it throws, none. */
  public static void delete(Connection connection, long[] ids) throws SQLException {
    try (var delete = connection.prepareStatement("delete from millrace_outbox where id = any(?)")) {
      delete.setObject(1, ids);
      delete.executeUpdate();
    }
  }

  private static void fill(PreparedStatement insert, LogEntry entry) throws SQLException {
    var envelope = entry.envelope();
    insert.setString(1, entry.stream().value());
    insert.setString(2, entry.key());
    insert.setString(3, envelope.id());
    insert.setString(4, envelope.source());
    insert.setString(5, envelope.type());
    insert.setString(6, envelope.time().toString());
    insert.setString(7, envelope.correlationId().orElse(null));
    insert.setString(8, envelope.causationId().orElse(null));
    insert.setString(9, envelope.traceparent().orElse(null));
    insert.setString(10, envelope.tracestate().orElse(null));
    insert.setBytes(11, entry.payload());
  }

  private static LogEntry entry(ResultSet row) throws SQLException {
    var key = row.getString(2);
    var envelope = new Envelope(row.getString(3), row.getString(4), row.getString(5),
        Instant.parse(row.getString(6)), key, optional(row.getString(7)), optional(row.getString(8)),
        optional(row.getString(9)), optional(row.getString(10)));
    return new LogEntry(StreamName.of(row.getString(1)), key, envelope, row.getBytes(11));
  }

  private static Optional<String> optional(@Nullable String value) {
    return Optional.ofNullable(value);
  }
}
