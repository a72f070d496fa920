package dev.millrace.log.kinesis;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** The database of leases and marks, and their tables. Safe for use by many threads. */
final class Database {
  /** The same turn that the projections wait for before they make what is missing in the schema they share with us. */
  private static final long TURN = 0x6d696c6c72616365L; // "millrace"
  private static final String TABLES = """
      CREATE SCHEMA IF NOT EXISTS millrace;
      CREATE TABLE IF NOT EXISTS millrace.kinesis_member (
        "group" text NOT NULL,
        member text NOT NULL,
        streams text[] NOT NULL,
        alive_until timestamptz NOT NULL,
        PRIMARY KEY ("group", member)) WITH (fillfactor = 50);
      CREATE TABLE IF NOT EXISTS millrace.kinesis_lease (
        "group" text NOT NULL,
        stream text NOT NULL,
        shard text NOT NULL,
        parents text[] NOT NULL,
        first_sequence text NOT NULL,
        owner text,
        epoch bigint NOT NULL,
        finished boolean NOT NULL,
        PRIMARY KEY ("group", stream, shard)) WITH (fillfactor = 50);
      CREATE TABLE IF NOT EXISTS millrace.kinesis_mark (
        writer text PRIMARY KEY,
        epoch bigint NOT NULL,
        mark text,
        updated_at timestamptz NOT NULL) WITH (fillfactor = 50);
      """;

  /** Work in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private final DataSource source;
  private final KinesisFailures failures;
  private final Duration patience;
  private volatile boolean prepared;

  Database(DataSource source, KinesisFailures failures) {
    this.source = source;
    this.failures = failures;
    this.patience = failures.config().lease();
  }

  /**
   * Does the work in a transaction of its own, READ COMMITTED: what it reads after it has waited for a lock is what was
   * written before. Where this process is halted within it, the server ends it, and others go on.
   *
   * @throws dev.millrace.log.LogException UNREACHABLE or REFUSED where the database does not do it
   */
  <T> T transaction(String doing, Work<T> work) {
    try (var connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
        execute(connection,
            "SET LOCAL idle_in_transaction_session_timeout = " + Math.max(1_000, patience.toMillis()));
        prepare(connection);
        var result = work.on(connection);
        connection.commit();
        prepared = true;
        return result;
      } catch (SQLException | RuntimeException e) {
        prepared = false;
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw failures.of(doing, e);
    }
  }

  private void prepare(Connection connection) throws SQLException {
    if (prepared)
      return;
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT to_regclass('millrace.kinesis_mark') IS NOT NULL")) {
      if (rows.next() && rows.getBoolean(1))
        return;
    }
    execute(connection, "SELECT pg_advisory_xact_lock(" + TURN + ")");
    execute(connection, TABLES);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
