package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The events that a generation took lately, so that each changes it once although the log may hold it twice ({@link
 * EventLog#repeats}). Written in the transaction of the checkpoint, and read when a partition is taken; so what holds for
 * the checkpoint holds for them, whoever crashes or comes too late. Owned by one thread.
 *
 * <p><b>The bound.</b> In each partition the last {@value #WINDOW} events are known that the view takes, parked ones
 * included; and, until there are so many, in the same way those of the partitions that it was split from or merged of, as far
 * as the log lists them. What comes again after more than these is taken for another event. A record without an envelope has
 * no id, and is always taken.
 *
 * <p>A log without repeats costs nothing of this.
 */
final class RecentEvents {
  static final int WINDOW = 16_384;

  // A row holds what one transaction took. It is in the window until as many events as that holds were counted after it.
  private static final String SAVE = """
      WITH taken AS (
        SELECT u.stream, u.part, u.digests, u.many + coalesce((SELECT max(counted) FROM millrace.recent_events r
            WHERE r.view = ? AND r.generation = ? AND r.stream = u.stream AND r."partition" = u.part), 0) AS counted
        FROM unnest(?::text[], ?::text[], ?::int8[], ?::bytea[]) AS u(stream, part, many, digests)),
      forgotten AS (
        DELETE FROM millrace.recent_events r USING taken t
        WHERE r.view = ? AND r.generation = ? AND r.stream = t.stream AND r."partition" = t.part
          AND r.counted <= t.counted - ?)
      INSERT INTO millrace.recent_events (view, generation, stream, "partition", counted, digests)
      SELECT ?, ?, t.stream, t.part, t.counted, t.digests FROM taken t
      """;
  private static final String LOAD = """
      SELECT digests FROM millrace.recent_events
      WHERE view = ? AND generation = ? AND stream = ? AND "partition" = ? ORDER BY counted
      """;
  /** The events that are known in a partition. */
  private static final class Window {
    final LinkedHashSet<EventDigest> own = new LinkedHashSet<>();
    Set<EventDigest> inherited = Set.of();

    boolean isFull() {
      return own.size() >= WINDOW;
    }

    boolean add(EventDigest event) {
      if (inherited.contains(event) || !own.add(event))
        return false;
      if (own.size() > WINDOW)
        own.removeFirst();
      if (isFull())
        inherited = Set.of();
      return true;
    }
  }

  private final EventLog log;
  private final String view;
  private final int generation;
  private final Map<Partition, Window> windows = new HashMap<>();
  private final Map<LogRecord, EventDigest> inHand = new HashMap<>();

  RecentEvents(EventLog log, String view, int generation) {
    this.log = log;
    this.view = view;
    this.generation = generation;
  }

  /** Each of the partitions and all that they come from, with their parents. Asks the log. */
  Map<Partition, Set<Partition>> lineage(Collection<Partition> partitions) {
    var lineage = new HashMap<Partition, Set<Partition>>();
    if (!log.repeats())
      return lineage;
    var open = new ArrayDeque<>(partitions);
    while (!open.isEmpty()) {
      var partition = open.poll();
      if (!lineage.containsKey(partition)) {
        var parents = log.parents(partition);
        lineage.put(partition, parents);
        open.addAll(parents);
      }
    }
    return lineage;
  }

  /** Reads what is known in partitions that the caller has just taken, in the transaction in which it took them. */
  void load(Connection connection, Collection<Partition> partitions, Map<Partition, Set<Partition>> lineage)
      throws SQLException {
    if (!log.repeats())
      return;
    for (var partition : partitions) {
      var window = new Window();
      for (var event : read(connection, partition))
        window.add(event);
      if (!window.isFull())
        window.inherited = inherited(connection, partition, lineage);
      windows.put(partition, window);
    }
  }

  /** Each ancestor is read once: where shards were split and merged in turn, the ways to it double each time. */
  private Set<EventDigest> inherited(Connection connection, Partition partition,
      Map<Partition, Set<Partition>> lineage) throws SQLException {
    var inherited = new HashSet<EventDigest>();
    var seen = new HashSet<Partition>();
    var open = new ArrayDeque<>(lineage.getOrDefault(partition, Set.of()));
    while (!open.isEmpty()) {
      var ancestor = open.poll();
      if (!seen.add(ancestor))
        continue;
      var events = read(connection, ancestor);
      inherited.addAll(events);
      if (events.size() < WINDOW)
        open.addAll(lineage.getOrDefault(ancestor, Set.of()));
    }
    return inherited;
  }

  private List<EventDigest> read(Connection connection, Partition partition) throws SQLException {
    var events = new ArrayList<EventDigest>();
    try (var statement = connection.prepareStatement(LOAD)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.setString(3, partition.stream().value());
      statement.setString(4, partition.id());
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var digests = ByteBuffer.wrap(rows.getBytes(1));
          while (digests.hasRemaining())
            events.add(EventDigest.read(digests));
        }
      }
    }
    return events.subList(Math.max(0, events.size() - WINDOW), events.size());
  }

  /**
   * Takes up partitions that are read from their beginning, by whoever read those that they come from as well: nobody else
   * knows more. Those that were taken up before stay as they are.
   */
  void begin(Collection<Partition> partitions) {
    if (!log.repeats())
      return;
    for (var partition : partitions) {
      if (!windows.containsKey(partition)) {
        var parents = log.parents(partition);
        begin(parents); // those that held nothing hand on what they came of
        var window = new Window();
        window.inherited = known(parents);
        windows.put(partition, window);
      }
    }
  }

  private Set<EventDigest> known(Set<Partition> partitions) {
    var known = new HashSet<EventDigest>();
    for (var partition : partitions) {
      var window = windows.get(partition);
      if (window != null) {
        known.addAll(window.own);
        known.addAll(window.inherited);
      }
    }
    return known;
  }

  void forget(Collection<Partition> partitions) {
    partitions.forEach(windows::remove);
  }

  /**
   * Those of a batch that are not known, which they are from now on: the batch has to be written, or all of this to be
   * given up.
   */
  <R extends Record> List<Decoded<R>> fresh(List<Decoded<R>> batch) {
    return fresh(batch, List.of());
  }

  /** The same while others wait that were found to be fresh before, and are to be written after these or with them. */
  <R extends Record> List<Decoded<R>> fresh(List<Decoded<R>> batch, List<Decoded<R>> waiting) {
    inHand.keySet().retainAll(waiting.stream().map(Decoded::record).collect(Collectors.toSet()));
    return log.repeats() ? batch.stream().filter(this::isFresh).toList() : batch;
  }

  private boolean isFresh(Decoded<?> decoded) {
    if (decoded instanceof Decoded.Ignored<?>)
      return true;
    var record = decoded.record();
    var event = EventDigest.of(record);
    if (event.isEmpty())
      return true;
    var window = windows.get(record.partition());
    if (window == null)
      throw new IllegalStateException(record.partition() + " was not taken");
    if (!window.add(event.get()))
      return false;
    inHand.put(record, event.get());
    return true;
  }

  /** Writes down those of a batch, or a part of it, in the transaction that moves the checkpoint past them. */
  <R extends Record> void save(Connection connection, List<Decoded<R>> batch) throws SQLException {
    var byPartition = new TreeMap<Partition, List<EventDigest>>();
    for (var decoded : batch) {
      Optional.ofNullable(inHand.get(decoded.record())).ifPresent(event -> byPartition
          .computeIfAbsent(decoded.record().partition(), _ -> new ArrayList<>()).add(event));
    }
    save(connection, byPartition);
  }

  /** Forgets all that is written down. */
  void clear(Connection connection) throws SQLException {
    try (var statement = connection
        .prepareStatement("DELETE FROM millrace.recent_events WHERE view = ? AND generation = ?")) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      statement.executeUpdate();
    }
  }

  /** Writes down all that is known of the partitions that were begun, in place of what was written before. */
  void saveAll(Connection connection) throws SQLException {
    clear(connection);
    var byPartition = new TreeMap<Partition, List<EventDigest>>();
    windows.forEach((partition, window) -> {
      if (!window.own.isEmpty())
        byPartition.put(partition, List.copyOf(window.own));
    });
    save(connection, byPartition);
  }

  private void save(Connection connection, SortedMap<Partition, List<EventDigest>> byPartition)
      throws SQLException {
    if (byPartition.isEmpty())
      return;
    try (var statement = connection.prepareStatement(SAVE)) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      SqlArray.set(statement, 3, "text", byPartition.keySet(), partition -> partition.stream().value());
      SqlArray.set(statement, 4, "text", byPartition.keySet(), Partition::id);
      SqlArray.set(statement, 5, "int8", byPartition.values(), events -> (long) events.size());
      statement.setArray(6, connection.createArrayOf("bytea",
          byPartition.values().stream().map(RecentEvents::bytes).toArray(byte[][]::new)));
      statement.setString(7, view);
      statement.setInt(8, generation);
      statement.setInt(9, WINDOW);
      statement.setString(10, view);
      statement.setInt(11, generation);
      statement.executeUpdate();
    }
  }

  private static byte[] bytes(List<EventDigest> events) {
    var bytes = ByteBuffer.allocate(events.size() * EventDigest.BYTES);
    events.forEach(event -> event.write(bytes));
    return bytes.array();
  }
}
