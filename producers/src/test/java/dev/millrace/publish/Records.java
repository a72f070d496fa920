package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;

/** What is in the log under a key. */
final class Records {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Records() {}

  /** Waits until so many are there, and answers all that are there by then. */
  static List<LogRecord> of(EventLog log, String key, int atLeast) {
    var records = new ArrayList<LogRecord>();
    var deadline = Instant.now().plus(PATIENCE);
    var streams = Set.of(StreamName.of(Said.STREAM));
    try (var reader = log.reader(streams, Cursor.start())) {
      while (records.size() < atLeast || !reader.cursor().hasReached(log.end(streams))) {
        assertThat(Instant.now()).as("%d of %d records of %s", records.size(), atLeast, key)
            .isBefore(deadline);
        reader.poll(Duration.ofMillis(100)).records().stream().filter(record -> record.key().equals(key))
            .forEach(records::add);
      }
    }
    return records;
  }

  static List<Long> numbers(EventCodec codec, EventLog log, String key, int atLeast) {
    var decoder = codec.decoder(List.of(Said.TYPE));
    return of(log, key, atLeast).stream()
        .map(record -> ((Said) decoder.decode(record.payload()).orElseThrow()).number()).toList();
  }
}
