package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;

/** The records of a key in the log. */
final class Records {
  private Records() {}

  /** Waits until the log has this many records of the key, and returns all records of the key that it has by then. */
  static List<LogRecord> of(EventLog log, String key, int atLeast) {
    var records = new ArrayList<LogRecord>();
    var streams = Set.of(StreamName.of(Said.STREAM));
    try (var reader = log.reader(streams, Cursor.start())) {
      await(atLeast + " records of " + key).untilAsserted(() -> {
        reader.poll(Duration.ofMillis(100)).records().stream().filter(record -> record.key().equals(key))
            .forEach(records::add);
        assertThat(records.size()).as("records of %s", key).isGreaterThanOrEqualTo(atLeast);
        assertThat(reader.cursor().hasReached(log.end(streams))).as("the end is reached").isTrue();
      });
    }
    return records;
  }

  static List<Long> numbers(EventCodec codec, EventLog log, String key, int atLeast) {
    var decoder = codec.decoder(List.of(Said.TYPE));
    return of(log, key, atLeast).stream()
        .map(record -> ((Said) decoder.decode(record.payload()).orElseThrow()).number()).toList();
  }
}
