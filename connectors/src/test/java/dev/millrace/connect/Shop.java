package dev.millrace.connect;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.StreamName;
import dev.millrace.publish.Appended;
import dev.millrace.publish.Outbox;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;

/** A service with a database of its own and a log, both real. The test starts a relay. */
final class Shop implements AutoCloseable {
  static final EventCodec CODEC = EventCodec.of(SchemaRegistry.inMemory());

  final EventLog log;
  private final Outbox outbox = Outbox.builder(CODEC).source("/shop").build();
  private final Map<String, List<Long>> read = new HashMap<>();
  private final EventLog readLog;
  private final LogReader reader;
  private final Set<String> seen = new HashSet<>();
  private final LogServer server;
  private final @Nullable Path folder;
  private final DataSource database;
  private final String jdbcUrl;
  private @Nullable DevPostgres postgres;

  private Shop(LogServer server, @Nullable DevPostgres postgres, @Nullable Path folder, DataSource database,
      String jdbcUrl, Duration deliveryTimeout) throws SQLException {
    this.server = server;
    this.postgres = postgres;
    this.folder = folder;
    this.database = database;
    this.jdbcUrl = jdbcUrl;
    this.log = LogServer.open(server.address(), jdbcUrl, deliveryTimeout);
    this.readLog = LogServer.open(server.address(), "", Duration.ofMinutes(2));
    readLog.create(StreamName.of(Said.STREAM), 3);
    this.reader = readLog.reader(Set.of(StreamName.of(Said.STREAM)), Cursor.start());
    try (var connection = database.getConnection()) {
      Outbox.createTable(connection);
    }
  }

  /**
   * Opens a shop on the servers that all tests share. Only one test class of a JVM may do so: the name of the stream is
   * fixed.
   */
  static Shop onSharedServers() throws SQLException {
    var name = SharedServers.uniqueName("shop");
    var database = SharedServers.postgres().createDatabase(name);
    return new Shop(LogServer.shared(), null, null, database, SharedServers.postgres().jdbcUrl(name),
        Duration.ofMinutes(2));
  }

  /** Opens a shop on servers of its own. */
  static Shop onOwnServers(Path folder) throws SQLException {
    return onOwnServers(folder, Duration.ofMinutes(2));
  }

  /**
   * Opens a shop on servers of its own, which the test can stop.
   *
   * @param deliveryTimeout how long it takes a relay to notice that the log is away
   */
  static Shop onOwnServers(Path folder, Duration deliveryTimeout) throws SQLException {
    var postgres = database(folder).start();
    return new Shop(LogServer.start(folder), postgres, folder, postgres.dataSource(), postgres.jdbcUrl(),
        deliveryTimeout);
  }

  private static DevPostgres.Builder database(Path folder) {
    return DevPostgres.builder().dataDir(folder.resolve("postgres")).set("track_commit_timestamp", "on")
        .set("max_slot_wal_keep_size", "64MB")
        // What is not flushed is lost with the machine, not with the process.
        .set("fsync", "off");
  }

  String jdbcUrl() {
    return jdbcUrl;
  }

  OutboxRelay relay(String name) {
    return OutboxRelay.builder().name(name).log(log)
        .database(jdbcUrl, DevPostgres.USER, "s3cret-word")
        .batchSize(200).build();
  }

  Connection transaction() throws SQLException {
    var connection = database.getConnection();
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
    requireNonNull(postgres, "the database is shared").close();
  }

  void startDatabaseAgain() {
    int port = requireNonNull(postgres, "the database is shared").port();
    postgres = database(requireNonNull(folder)).port(port).start();
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
   * Reads on and returns what the log has of committed transactions: the numbers of each key, in order. If the log may
   * contain an entry twice, the second one is ignored.
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
    await("the log has " + count + " of " + who).until(() -> read(who).size(), size -> size >= count);
    await("the outbox is empty").until(() -> number("select count(*) from millrace_outbox"),
        waiting -> waiting == 0);
    read();
    return read(who);
  }

  long number(String sql) {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    reader.close();
    readLog.close();
    log.close();
    server.close();
    if (postgres != null)
      postgres.close();
  }
}
