package dev.millrace.log.kinesis;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.test.ForkedJvm;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A member of a group in a process of its own, for tests that kill it. Its view is a table of what it has read, written in one
 * transaction with how far it has read each shard, which the database refuses to who has the shard no more.
 */
final class GroupProcess implements Ownership {
  static final String TABLES = """
      CREATE TABLE progress (shard text PRIMARY KEY, owner text NOT NULL, position text);
      CREATE TABLE effect (number bigserial PRIMARY KEY, key text NOT NULL, id text NOT NULL, owner text NOT NULL);
      """;
  private static final String TAKE = """
      INSERT INTO progress (shard, owner) VALUES (?, ?)
      ON CONFLICT (shard) DO UPDATE SET owner = excluded.owner RETURNING position
      """;
  private static final String MOVE = "UPDATE progress SET position = ? WHERE shard = ? AND owner = ?";
  private static final String EFFECT = "INSERT INTO effect (key, id, owner) VALUES (?, ?, ?)";

  private final Connection connection;
  private final String name = UUID.randomUUID().toString();

  private GroupProcess(Connection connection) {
    this.connection = connection;
  }

  /** Reads until it is killed, or until the process that started it is gone. */
  static ForkedJvm start(URI endpoint, String database, StreamName stream, KinesisLogConfig.Reading reading) {
    return ForkedJvm.start(GroupProcess.class, endpoint.toString(), database, stream.value(), reading.name());
  }

  public static void main(String[] arguments) throws SQLException {
    endWithTheParent();
    var stream = StreamName.of(arguments[2]);
    try (var connection = DriverManager.getConnection(arguments[1]);
        var log = KinesisLog.at(KinesisLogConfig.builder().endpoint(URI.create(arguments[0]))
            .region("us-east-1").pollPause(Duration.ofMillis(50)).shardCheck(Duration.ofMillis(200))
            .lease(Duration.ofSeconds(2)).reading(KinesisLogConfig.Reading.valueOf(arguments[3]))
            .database(source(arguments[1])).build())) {
      connection.setAutoCommit(false);
      var view = new GroupProcess(connection);
      try (var reader = log.reader(Set.of(stream), stream + "-group", view)) {
        while (true)
          view.poll(reader);
      }
    }
  }

  private static DataSource source(String url) {
    return (DataSource) Proxy.newProxyInstance(GroupProcess.class.getClassLoader(),
        new Class<?>[]{DataSource.class}, (_, method, _) -> {
          if (!method.getName().equals("getConnection"))
            throw new UnsupportedOperationException(method.toString());
          return DriverManager.getConnection(url);
        });
  }

  private static void endWithTheParent() {
    Thread.ofPlatform().daemon().start(() -> {
      try {
        while (System.in.read() >= 0)
          Thread.onSpinWait();
      } catch (IOException e) {
        // It is gone as well.
      }
      Runtime.getRuntime().halt(1);
    });
  }

  private void poll(LogReader reader) throws SQLException {
    try {
      commit(reader.poll(Duration.ofMillis(200)));
    } catch (LogException e) {
      if (e.code() != LogException.Code.UNREACHABLE)
        throw e;
    }
  }

  private void commit(Batch batch) throws SQLException {
    // In an order that all have, so that no two of them wait for each other.
    for (var moved : new TreeMap<>(batch.cursor().positions()).entrySet()) {
      var partition = moved.getKey();
      if (update(MOVE, moved.getValue().value(), partition.id(), name) == 0)
        continue;
      for (var record : batch.records()) {
        if (record.partition().equals(partition))
          update(EFFECT, record.key(), record.envelope().id(), name);
      }
    }
    connection.commit();
  }

  private int update(String sql, String... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < values.length; i++)
        statement.setString(i + 1, values[i]);
      return statement.executeUpdate();
    }
  }

  @Override
  public Cursor assigned(Set<Partition> partitions) {
    var positions = new TreeMap<Partition, Position>();
    try {
      for (var partition : new TreeSet<>(partitions))
        take(partition, positions);
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return Cursor.of(positions);
  }

  private void take(Partition partition, Map<Partition, Position> positions) throws SQLException {
    try (var statement = connection.prepareStatement(TAKE)) {
      statement.setString(1, partition.id());
      statement.setString(2, name);
      try (var rows = statement.executeQuery()) {
        rows.next();
        var position = rows.getString(1);
        if (position != null)
          positions.put(partition, Position.of(position));
      }
    }
  }

  @Override
  public void revoked(Set<Partition> partitions) {}
}
