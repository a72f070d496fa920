package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Readings that end. */
public final class Reading {
  /** How long what must come may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration POLL = Duration.ofMillis(200);

  private Reading() {}

  /** All there is now. */
  public static List<LogRecord> all(EventLog log, StreamName stream) {
    return bounded(log, stream, Cursor.start(), log.end(Set.of(stream)));
  }

  static List<LogRecord> from(EventLog log, StreamName stream, Cursor from) {
    return bounded(log, stream, from, log.end(Set.of(stream)));
  }

  public static List<LogRecord> bounded(EventLog log, StreamName stream, Cursor from, Cursor end) {
    try (var reader = log.reader(Set.of(stream), from)) {
      return until(reader, _ -> reader.cursor().hasReached(end), "the end " + end);
    }
  }

  /** Reads until what was read is enough; fails where it never is. */
  public static List<LogRecord> until(LogReader reader, Predicate<List<LogRecord>> enough, String what) {
    var records = new ArrayList<LogRecord>();
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!enough.test(records)) {
      assertThat(System.nanoTime()).as("reading to %s ended: read %s records, at %s", what, records.size(),
          reader.cursor()).isLessThan(deadline);
      records.addAll(reader.poll(POLL).records());
    }
    return records;
  }
}
