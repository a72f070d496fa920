package dev.millrace.connect;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.millrace.connect.BridgeException.Code;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;

/**
 * How far a bridge has come, as the log that it writes to holds it with each batch. As text: {@code bridge sales.orders
 * 2026-11-21T07:00:00Z 0@41,1@7}.
 *
 * @param from the stream that is read
 * @param appendedAt the latest time at which the log that is read took one of the records up to the cursor
 * @param cursor how far it is read
 */
record BridgeMark(StreamName from, Instant appendedAt, Cursor cursor) {
  static BridgeMark start(StreamName from) {
    return new BridgeMark(from, Instant.EPOCH, Cursor.start());
  }

  BridgeMark with(Iterable<LogRecord> records, Cursor to) {
    var latest = appendedAt;
    for (var record : records) {
      if (record.appendedAt().isAfter(latest))
        latest = record.appendedAt();
    }
    return new BridgeMark(from, latest, cursor.with(to));
  }

  /** Whether the record lies within what was read. */
  boolean covers(LogRecord record) {
    return cursor.position(record.partition()).filter(read -> read.compareTo(record.position()) >= 0)
        .isPresent();
  }

  /** @throws BridgeException FOREIGN_MARK where the text was not written by a bridge of this stream */
  static BridgeMark parse(String text, StreamName from) {
    var words = text.split(" ", -1);
    if (words.length != 4 || !words[0].equals("bridge") || !words[1].equals(from.value()))
      throw foreign(text, from, null);
    try {
      Map<Partition, Position> positions = new HashMap<>();
      if (!words[3].isEmpty()) {
        for (var place : words[3].split(",", -1)) {
          int at = place.lastIndexOf('@');
          positions.put(new Partition(from, place.substring(0, at)), Position.of(place.substring(at + 1)));
        }
      }
      return new BridgeMark(from, Instant.parse(words[2]), Cursor.of(positions));
    } catch (DateTimeException | IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw foreign(text, from, e);
    }
  }

  private static BridgeException foreign(String text, StreamName from, @Nullable Throwable cause) {
    return new BridgeException(Code.FOREIGN_MARK,
        "the log's mark '" + text + "' was not written by a bridge of "
            + from + ": give this bridge a name that nothing else has",
        cause);
  }

  @Override
  public String toString() {
    return "bridge " + from + " " + appendedAt + " " + cursor.positions().entrySet().stream()
        .sorted(Map.Entry.comparingByKey()).map(entry -> entry.getKey().id() + "@" + entry.getValue())
        .collect(Collectors.joining(","));
  }
}
