package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a rebuild would take, from a sample of the first records; nothing is written for it.
 *
 * @param records how many records there are to read; empty where the log does not know
 * @param sampled how many were read and folded to find out the rest
 * @param perSecond how many of those were read and folded in a second
 * @param time how long the log would be read; empty where nothing tells
 * @param rows how many rows the live view has
 * @param tableBytes how much disk the live view's table and indexes take in the database, as the new ones would
 * @param memoryBytes how much memory as many rows as the live view has would take, about
 * @param spills whether that is more than they may take: then rows and their events go to disk
 */
public record RebuildPlan(OptionalLong records, long sampled, double perSecond, Optional<Duration> time,
    long rows, long tableBytes, long memoryBytes, boolean spills) {
  private static final int SAMPLE = 20_000;
  private static final Duration SAMPLE_TIME = Duration.ofSeconds(2);
  private static final Duration IDLE = Duration.ofMillis(200);

  static <R extends Record> RebuildPlan of(Work<R> work, long memory) {
    var streams = work.projection().streams();
    var records = records(work.log(), work);
    var folding = new Folding<R>(work.projection(), Map.of(), new ParkedKeys());
    var sizes = new RowSizes(work.projection().mapping());
    long sampled = 0;
    long begun = 0;
    long last = begun;
    var end = work.log().end(streams);
    try (var reader = work.log().reader(streams, Cursor.start())) {
      while (sampled < SAMPLE && !reader.cursor().hasReached(end)
          && (begun == 0 || last - begun < SAMPLE_TIME.toNanos())) {
        var decoded = work.decoding().decode(reader.poll(IDLE).records());
        folding.add(decoded);
        last = System.nanoTime();
        if (begun == 0)
          begun = last; // the first answer of a log takes its time, once
        else
          sampled += decoded.size();
      }
    }
    folding.rows().stream().limit(1_000).forEach(row -> sizes.add(work.projection().mapping().stored(row)));
    double perSecond = sampled == 0 ? 0 : sampled / Math.max(1e-9, (last - begun) / 1e9);
    var live = live(work);
    long memoryBytes = sizes.of(live.getFirst());
    var time = records.isPresent() && perSecond > 0
        ? Optional.of(Duration.ofMillis((long) (1_000 * records.getAsLong() / perSecond)))
        : Optional.<Duration>empty();
    return new RebuildPlan(records, sampled, perSecond, time, live.getFirst(), live.getLast(), memoryBytes,
        memoryBytes > memory);
  }

  private static OptionalLong records(EventLog log, Work<?> work) {
    return log.repeats() // it would count, and no further than it has to
        ? OptionalLong.empty()
        : OptionalLong.of(log.lag(work.projection().streams(), Cursor.start()));
  }

  /** How many rows the live view has, and how many bytes they take. */
  private static List<Long> live(Work<?> work) {
    var projection = work.projection();
    return Transaction.run(work.database(), "the size of " + projection.name(), connection -> {
      var live = new Catalog(projection).all(connection).stream().filter(Generation::live).findFirst();
      if (live.isEmpty())
        return List.of(0L, 0L);
      try (var statement = connection.prepareStatement("""
          SELECT coalesce(sum("rows"), 0), pg_total_relation_size(?::regclass) FROM millrace.checkpoint
          WHERE view = ? AND generation = ?
          """)) {
        statement.setString(1, projection.sqlTable(live.get().number()));
        statement.setString(2, projection.name());
        statement.setInt(3, live.get().number());
        try (var rows = statement.executeQuery()) {
          rows.next();
          return List.of(rows.getLong(1), rows.getLong(2));
        }
      }
    });
  }
}
