package dev.millrace.publish;

/**
 * The outbox in the database. Entries are added by {@link Outbox}; the relay reads and deletes them.
 *
 * <p>{@code id} says who came first among entries of one transaction. Across transactions it does not: ids are given when
 * a row is inserted, and transactions commit in another order. The order that counts is that of the commits, which only
 * the write-ahead log has.
 */
public final class OutboxTable {
  /** The table. */
  public static final String NAME = "millrace_outbox";
  /** What the relay subscribes to: the table's inserts, as the deletes are the relay's own. */
  public static final String PUBLICATION = "millrace_outbox_pub";

  /**
   * The envelope's attributes are columns of text, the time among them: a timestamp of PostgreSQL would drop its
   * nanoseconds. The subject is the key.
   */
  static final String CREATE = """
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
        );
        if not exists (select from pg_publication where pubname = 'millrace_outbox_pub') then
          create publication millrace_outbox_pub for table millrace_outbox with (publish = 'insert');
        end if;
      end $$""";

  static final String INSERT = """
      insert into millrace_outbox (stream, key, event_id, source, type, time, correlation_id, causation_id,
        traceparent, tracestate, payload) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private OutboxTable() {}
}
