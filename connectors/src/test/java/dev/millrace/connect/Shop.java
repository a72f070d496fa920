package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.millrace.dev.DevPostgres;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.StreamName;
import dev.millrace.publish.Appended;
import dev.millrace.publish.Outbox;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;

/** A service with a database of its own and a log, both real; a relay is started by the test. */
final class Shop implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(40);
  static final EventCodec CODEC = EventCodec.of(SchemaRegistry.inMemory());

  final EventLog log;
  private final Outbox outbox = Outbox.builder(CODEC).source("/shop").build();
  private final Path folder;
  private final Map<String, List<Long>> read = new HashMap<>();
  private final EventLog readLog;
  private final LogReader reader;
  private final Set<String> seen = new HashSet<>();
  private final LogServer server;
  private DevPostgres postgres;

  private Shop(LogServer server, DevPostgres postgres, Path folder) throws SQLException {
    this.server = server;
    this.postgres = postgres;
    this.folder = folder;
    this.log = LogServer.open(server.address(), postgres.jdbcUrl(), Duration.ofSeconds(20));
    this.readLog = LogServer.open(server.address(), "", Duration.ofMinutes(2));
    readLog.create(StreamName.of(Said.STREAM), 3);
    this.reader = readLog.reader(Set.of(StreamName.of(Said.STREAM)), Cursor.start());
    try (var connection = postgres.dataSource().getConnection()) {
      Outbox.createTable(connection);
    }
  }

  static Shop open(Path folder) throws SQLException {
    return new Shop(LogServer.chosen(folder), database(folder).start(), folder);
  }

  private static DevPostgres.Builder database(Path folder) {
    return DevPostgres.builder().dataDir(folder.resolve("postgres")).set("track_commit_timestamp", "on")
        .set("max_slot_wal_keep_size", "64MB");
  }

  DevPostgres postgres() {
    return postgres;
  }

  OutboxRelay relay(String name) {
    return OutboxRelay.builder().name(name).log(log)
        .database(postgres.jdbcUrl(), DevPostgres.USER, "s3cret-word")
        .batchSize(200).build();
  }

  Connection transaction() throws SQLException {
    var connection = postgres.dataSource().getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  Appended say(Connection connection, String who, long number) {
    return outbox.append(connection, new Said(who, number));
  }

  /** Says the numbers, each in a transaction of its own. */
  void sayEach(String who, long from, long to) throws SQLException {
    try (var connection = transaction()) {
      for (long number = from; number <= to; number++) {
        say(connection, who, number);
        connection.commit();
      }
    }
  }

  void stopDatabase() {
    postgres.close();
  }

  void startDatabaseAgain() {
    postgres = database(folder).port(postgres.port()).start();
  }

  void stopLog() {
    server.stop();
  }

  void startLogAgain() {
    server.startAgain();
  }

  String logAddress() {
    return server.address();
  }

  /**
   * What the log has by now, of transactions that were committed: the numbers under each key, in order. Where the log may
   * hold an entry twice, as those know it that drop the second.
   */
  Map<String, List<Long>> read() {
    var decoder = CODEC.decoder(List.of(Said.TYPE));
    reader.poll(Duration.ofMillis(50)).records().stream()
        .filter(record -> !log.repeats() || seen.add(record.envelope().id())).forEach(record -> read
            .computeIfAbsent(record.key(), key -> new ArrayList<>())
            .add(((Said) decoder.decode(record.payload()).orElseThrow()).number()));
    return read;
  }

  int count() {
    return read().values().stream().mapToInt(List::size).sum();
  }

  List<Long> read(String who) {
    return read().getOrDefault(who, List.of());
  }

  /** Waits until so many events of the key are in the log and the outbox is empty. */
  List<Long> awaitRelayed(String who, int count) {
    await("the log has " + count + " of " + who, () -> read(who).size() >= count);
    await("the outbox is empty", () -> number("select count(*) from millrace_outbox") == 0);
    read();
    return read(who);
  }

  long number(String sql) {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql) throws SQLException {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    var deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("within %s: %s", PATIENCE, what).isBefore(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    reader.close();
    readLog.close();
    log.close();
    server.close();
    postgres.close();
  }
}
