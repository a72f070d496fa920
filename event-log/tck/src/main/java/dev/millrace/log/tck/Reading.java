package dev.millrace.log.tck;

import static org.awaitility.Awaitility.await;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** Readings that end. */
public final class Reading {
  private static final Duration POLL = Duration.ofMillis(200);

  private Reading() {}

  /** Reads all that the stream has now. */
  public static List<LogRecord> all(EventLog log, StreamName stream) {
    return bounded(log, stream, Cursor.start(), log.end(Set.of(stream)));
  }

  static List<LogRecord> from(EventLog log, StreamName stream, Cursor from) {
    return bounded(log, stream, from, log.end(Set.of(stream)));
  }

  /** Reads what the stream has after a cursor, up to an end. */
  public static List<LogRecord> bounded(EventLog log, StreamName stream, Cursor from, Cursor end) {
    try (var reader = log.reader(Set.of(stream), from)) {
      return until(reader, _ -> reader.cursor().hasReached(end), "the end " + end);
    }
  }

  /** Polls, in this thread, until what was read is enough. Throws an {@link AssertionError} if it never is. */
  public static List<LogRecord> until(LogReader reader, Predicate<List<LogRecord>> enough, String what) {
    var records = new ArrayList<LogRecord>();
    try {
      await("reading to " + what).pollInSameThread().until(() -> {
        if (!enough.test(records))
          records.addAll(reader.poll(POLL).records());
        return enough.test(records);
      });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("reading to " + what + " did not end: read " + records.size() + " records, at "
          + reader.cursor(), e);
    }
    return records;
  }
}
