package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Finds out how a generation is, from its checkpoints and the end of the log. The checkpoints count rows, events and parked
 * records in the transactions that change them; so nothing is counted here. Safe for use by many threads.
 */
final class StatusReader {
  private static final String READ = """
      SELECT stream, "partition", "position", events, "rows", parked, coalesce(appended_at, updated_at),
        coalesce(happened_at, appended_at, updated_at)
      FROM millrace.checkpoint WHERE view = ? AND generation = ?
      """;

  private final Projection<?> projection;
  private final EventLog log;
  private final DataSource database;
  private final Clock clock;
  /** When each partition was last seen to have nothing left to read: what is left now came since. */
  private final Map<Partition, Instant> level = new ConcurrentHashMap<>();
  private volatile ViewStatus last;

  StatusReader(Projection<?> projection, EventLog log, DataSource database, Clock clock) {
    this.projection = projection;
    this.log = log;
    this.database = database;
    this.clock = clock;
    this.last = new ViewStatus(projection.name(), 0, 0, 0, Cursor.start(), 0, Duration.ZERO, Duration.ZERO, 0,
        ViewStatus.State.NEW, "", clock.instant());
  }

  /** The state of a generation, or the last one where the database or the log does not answer. */
  ViewStatus read(OptionalInt generation, Health health) {
    if (generation.isEmpty())
      return last.with(health);
    try {
      var totals = Transaction.run(database, "the status of " + projection.name(),
          connection -> totals(connection, generation.getAsInt()));
      last = status(generation.getAsInt(), totals, health);
      return last;
    } catch (RuntimeException e) {
      if (health.state() != ViewStatus.State.RUNNING)
        return last.with(health);
      return last.with(new Health(ViewStatus.State.RETRYING, Faults.message(e)));
    }
  }

  /** Whether a generation is read so far; false where there is none yet, or the database does not answer. */
  boolean hasReached(OptionalInt generation, Cursor end) {
    if (generation.isEmpty())
      return false;
    try {
      var checkpoints = new Checkpoints(projection.name(), generation.getAsInt());
      return Cursor
          .of(Transaction.run(database, "the checkpoints of " + projection.name(), checkpoints::read))
          .hasReached(end);
    } catch (ViewException e) {
      return false;
    }
  }

  /** When the log took the last applied record of a partition, and when what it says happened. */
  private record Applied(Instant appended, Instant happened) {}

  private record Totals(Map<Partition, Position> positions, Map<Partition, Applied> applied, long events,
      long rows,
      long parked) {}

  private Totals totals(Connection connection, int generation) throws SQLException {
    var positions = new HashMap<Partition, Position>();
    var applied = new HashMap<Partition, Applied>();
    long events = 0;
    long rows = 0;
    long parked = 0;
    try (var statement = connection.prepareStatement(READ)) {
      statement.setString(1, projection.name());
      statement.setInt(2, generation);
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          var partition = new Partition(StreamName.of(result.getString(1)), result.getString(2));
          if (result.getString(3) != null)
            positions.put(partition, Position.of(result.getString(3)));
          applied.put(partition, new Applied(result.getObject(7, OffsetDateTime.class).toInstant(),
              result.getObject(8, OffsetDateTime.class).toInstant()));
          events += result.getLong(4);
          rows += result.getLong(5);
          parked += result.getLong(6);
        }
      }
    }
    return new Totals(positions, applied, events, rows, parked);
  }

  private ViewStatus status(int generation, Totals totals, Health health) {
    var cursor = Cursor.of(totals.positions);
    if (generation != last.generation())
      level.clear(); // another may be further back
    var asked = clock.instant();
    var lags = log.lags(projection.streams(), cursor);
    for (var partition : totals.applied.keySet()) {
      if (!lags.containsKey(partition))
        level.put(partition, asked);
    }
    var now = clock.instant();
    long lag = lags.values().stream().mapToLong(Long::longValue).sum();
    var freshness = lag == 0
        ? Duration.ZERO
        : log.behind(projection.streams(), cursor)
            .orElseGet(() -> behind(lags, totals, Applied::appended, now));
    return new ViewStatus(projection.name(), generation, totals.rows, totals.events, cursor, lag, freshness,
        behind(lags, totals, Applied::happened, now), totals.parked, health.state(), health.message(), now);
  }

  /** The longest of the partitions that lag. One that was idle is not behind since its last event, but since it was seen idle. */
  private Duration behind(Map<Partition, Long> lags, Totals totals, Function<Applied, Instant> time,
      Instant now) {
    return lags.keySet().stream().map(partition -> {
      var last = Optional.ofNullable(totals.applied.get(partition)).map(time).orElse(now);
      var idle = level.getOrDefault(partition, Instant.MIN);
      return Duration.between(last.isAfter(idle) ? last : idle, now);
    }).max(Duration::compareTo).filter(age -> !age.isNegative()).orElse(Duration.ZERO);
  }
}
