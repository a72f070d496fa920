package dev.millrace.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;

/**
 * The records of a stream from its start. Each look reads on from where the last one ended, so that a test that waits for
 * records does not read the whole stream again and again. Used by one thread at a time.
 */
final class StreamContents implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(50);

  private final EventLog log;
  private final Set<StreamName> stream;
  private final LogReader reader;
  private final List<LogRecord> records = new ArrayList<>();
  private final Set<String> events = new HashSet<>();

  StreamContents(EventLog log, StreamName stream) {
    this.log = log;
    this.stream = Set.of(stream);
    this.reader = log.reader(this.stream, Cursor.start());
  }

  /** Waits a moment for further records and returns how many different events were read so far. */
  int readOn() {
    for (var record : reader.poll(MOMENT).records()) {
      records.add(record);
      events.add(record.envelope().id());
    }
    return events.size();
  }

  /** Reads to the current end of the stream and returns all records. */
  List<LogRecord> readToEnd() {
    var end = log.end(stream);
    while (!reader.cursor().hasReached(end))
      readOn();
    return List.copyOf(records);
  }

  @Override
  public void close() {
    reader.close();
  }
}
