package dev.millrace.connect;

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
 * 0@41@1795244400000,1@7@1795244399000}, a partition's place being its position and the time in milliseconds since 1970.
 *
 * @param from the stream that is read
 * @param places how far each of its partitions is read
 */
record BridgeMark(StreamName from, Map<Partition, Place> places) {
  /**
   * How far a partition is read.
   *
   * @param appendedAt when the log took the last record of it that was read; 1970 where none was
   */
  record Place(Position position, Instant appendedAt) {}

  BridgeMark { places = Map.copyOf(places); }

  static BridgeMark start(StreamName from) {
    return new BridgeMark(from, Map.of());
  }

  Cursor cursor() {
    return Cursor.of(places.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, place -> place.getValue().position())));
  }

  /** This mark, moved to where the cursor is further: a reading that begins before the mark has yet to come to it. */
  BridgeMark with(Iterable<LogRecord> records, Cursor to) {
    var times = new HashMap<Partition, Instant>();
    places.forEach((partition, place) -> times.put(partition, place.appendedAt()));
    for (var record : records)
      times.put(record.partition(), record.appendedAt());
    var moved = new HashMap<>(places);
    to.positions().forEach((partition, position) -> {
      var known = places.get(partition);
      if (known == null || known.position().compareTo(position) < 0)
        moved.put(partition, new Place(position, times.getOrDefault(partition, Instant.EPOCH)));
    });
    return new BridgeMark(from, moved);
  }

  /** Whether the record lies within what was read. */
  boolean covers(LogRecord record) {
    var read = places.get(record.partition());
    return read != null && read.position().compareTo(record.position()) >= 0;
  }

  /** @throws BridgeException FOREIGN_MARK where the text was not written by a bridge of this stream */
  static BridgeMark parse(String text, StreamName from) {
    var words = text.split(" ", -1);
    if (words.length != 3 || !words[0].equals("bridge") || !words[1].equals(from.value()))
      throw foreign(text, from, null);
    var places = new HashMap<Partition, Place>();
    try {
      if (!words[2].isEmpty()) {
        for (var place : words[2].split(",", -1)) {
          var parts = place.split("@", -1);
          if (parts.length != 3)
            throw foreign(text, from, null);
          places.put(new Partition(from, parts[0]),
              new Place(Position.of(parts[1]), Instant.ofEpochMilli(Long.parseLong(parts[2]))));
        }
      }
      return new BridgeMark(from, places);
    } catch (IllegalArgumentException e) {
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
    return "bridge " + from + " " + places.entrySet().stream().sorted(Map.Entry.comparingByKey())
        .map(place -> place.getKey().id() + "@" + place.getValue().position() + "@"
            + place.getValue().appendedAt().toEpochMilli())
        .collect(Collectors.joining(","));
  }
}
