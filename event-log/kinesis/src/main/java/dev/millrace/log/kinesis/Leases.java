package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group as the database keeps it. Who changes it waits for the group's lock, by the database's clock alone is told who is
 * alive, and what it decides is written in the same transaction. Safe for use by many threads.
 */
final class Leases {
  private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('millrace.kinesis_lease ' || ?, 0))";
  // clock_timestamp() and not now(), which was before the waiting for the lock.
  private static final String BURY = """
      DELETE FROM millrace.kinesis_member WHERE "group" = ? AND member <> ? AND alive_until < clock_timestamp()
      """;
  private static final String LIVE = """
      INSERT INTO millrace.kinesis_member ("group", member, streams, alive_until)
      VALUES (?, ?, ?, clock_timestamp() + ? * interval '1 millisecond')
      ON CONFLICT ("group", member) DO UPDATE SET alive_until = excluded.alive_until
      RETURNING xmax = 0
      """;
  private static final String MEMBERS = """
      SELECT member, streams FROM millrace.kinesis_member WHERE "group" = ?
      """;
  private static final String READ = """
      SELECT stream, shard, parents, first_sequence, owner, epoch, finished
      FROM millrace.kinesis_lease WHERE "group" = ?
      """;
  private static final String WRITE = """
      INSERT INTO millrace.kinesis_lease ("group", stream, shard, parents, first_sequence, owner, epoch, finished)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT ("group", stream, shard) DO UPDATE SET parents = excluded.parents,
        first_sequence = excluded.first_sequence, owner = excluded.owner, epoch = excluded.epoch,
        finished = excluded.finished
      """;
  private static final String REMOVE = """
      DELETE FROM millrace.kinesis_lease WHERE "group" = ? AND stream = ? AND shard = ?
      """;
  private static final String LEAVE = """
      DELETE FROM millrace.kinesis_member WHERE "group" = ? AND member = ?
      """;
  private static final String FREE = """
      UPDATE millrace.kinesis_lease SET owner = NULL WHERE "group" = ? AND owner = ?
      """;

  private final Database database;
  private final String group;
  private final String key;
  private final Duration lease;

  /**
   * @param scope what tells this log's groups from those of the same name on another, such as the prefix of its streams
   * @param lease how long a member is alive after a beat
   */
  Leases(Database database, String scope, String group, Duration lease) {
    this.database = database;
    this.group = group;
    this.key = scope + "/" + group;
    this.lease = lease;
  }

  /** What a member has to say at a beat: what it gave back, and what it has read to the end, with the epochs. */
  record Said(Map<Partition, Long> released, Map<Partition, Long> finished) {
    Said {
      released = Map.copyOf(released);
      finished = Map.copyOf(finished);
    }
  }

  /** A sign of life. Answers what is the member's from now on. */
  Share beat(String member, Set<StreamName> streams, Collection<Shard> listed, Said said) {
    return database.transaction("sharing out the shards of the group '" + group + "'", connection -> {
      update(connection, LOCK, key);
      update(connection, BURY, key, member);
      var joined = live(connection, member, streams);
      var before = new Group(members(connection), leases(connection));
      var first = joined && before.members().size() == 1;
      var after = (first ? before.begun() : before).released(member, said.released())
          .finished(member, said.finished()).listed(streams, listed).taken(member);
      write(connection, before, after);
      return after.share(member);
    });
  }

  /** The member is gone, and what it had is free. Answers whether nobody is left. */
  boolean leave(String member) {
    return database.transaction("leaving the group '" + group + "'", connection -> {
      update(connection, LOCK, key);
      update(connection, BURY, key, member);
      update(connection, LEAVE, key, member);
      update(connection, FREE, key, member);
      return members(connection).isEmpty();
    });
  }

  private boolean live(Connection connection, String member, Set<StreamName> streams) throws SQLException {
    try (var statement = connection.prepareStatement(LIVE)) {
      statement.setString(1, key);
      statement.setString(2, member);
      statement.setArray(3, texts(connection, streams, StreamName::value));
      statement.setLong(4, lease.toMillis());
      try (var rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private Map<String, Set<StreamName>> members(Connection connection) throws SQLException {
    var members = new HashMap<String, Set<StreamName>>();
    try (var statement = connection.prepareStatement(MEMBERS)) {
      statement.setString(1, key);
      try (var rows = statement.executeQuery()) {
        while (rows.next())
          members.put(rows.getString(1),
              strings(rows.getArray(2)).stream().map(StreamName::of).collect(Collectors.toSet()));
      }
    }
    return members;
  }

  private Map<Partition, Lease> leases(Connection connection) throws SQLException {
    var leases = new HashMap<Partition, Lease>();
    try (var statement = connection.prepareStatement(READ)) {
      statement.setString(1, key);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var stream = StreamName.of(rows.getString(1));
          var partition = new Partition(stream, rows.getString(2));
          var parents = strings(rows.getArray(3)).stream().map(id -> new Partition(stream, id))
              .collect(Collectors.toSet());
          leases.put(partition, new Lease(partition, parents, rows.getString(4),
              Optional.ofNullable(rows.getString(5)), rows.getLong(6), rows.getBoolean(7)));
        }
      }
    }
    return leases;
  }

  private void write(Connection connection, Group before, Group after) throws SQLException {
    for (var lease : after.leases().values()) {
      if (!lease.equals(before.leases().get(lease.partition())))
        update(connection, WRITE, key, lease.partition().stream().value(), lease.partition().id(),
            texts(connection, lease.parents(), Partition::id), lease.firstSequence(),
            lease.owner().orElse(null),
            lease.epoch(), lease.finished());
    }
    for (var known : before.leases().keySet()) {
      if (!after.leases().containsKey(known))
        update(connection, REMOVE, key, known.stream().value(), known.id());
    }
  }

  private static void update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < values.length; i++)
        statement.setObject(i + 1, values[i]);
      statement.execute();
    }
  }

  private static <T> Array texts(Connection connection, Collection<T> from, Function<T, String> text)
      throws SQLException {
    return connection.createArrayOf("text", from.stream().map(text).sorted().toArray());
  }

  private static List<String> strings(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }
}
