package dev.millrace.runtime;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Set;
import java.util.regex.Pattern;

/** Understands where in a stream a caller wants to begin. */
record From(EventLog log, StreamName stream) {
  // what a position may look like: an offset of Kafka, or a sequence number of Kinesis of up to 129 digits and a place in it
  private static final Pattern PLACE = Pattern.compile("([A-Za-z0-9_.-]{1,128})@(\\d{1,129}(\\.\\d{14})?)");
  private static final int MOST_PLACES = 10_000;

  /** @throws ProblemException BAD_FROM, with the forms that would be right */
  Cursor cursor(String text) {
    return switch (text) {
      case "start" -> Cursor.start();
      case "end" -> log.end(Set.of(stream));
      default -> text.contains("@") ? places(text) : log.at(Set.of(stream), time(text));
    };
  }

  private Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw bad(text);
    }
  }

  private Cursor places(String text) {
    var partitions = log.partitions(stream);
    var positions = new HashMap<Partition, Position>();
    for (var place : text.split(",", MOST_PLACES)) {
      var matcher = PLACE.matcher(place);
      if (!matcher.matches())
        throw bad(place);
      var partition = new Partition(stream, matcher.group(1));
      if (!partitions.contains(partition)) {
        throw new ProblemException(Problem.Code.BAD_FROM,
            stream + " has no partition " + partition.id() + " but "
                + String.join(", ", partitions.stream().sorted().map(Partition::id).toList()));
      }
      positions.put(partition, Position.of(matcher.group(2)));
    }
    // What is not named is begun: so it is told from what came later.
    return log.at(Set.of(stream), Instant.EPOCH).with(Cursor.of(positions));
  }

  private static ProblemException bad(String text) {
    return new ProblemException(Problem.Code.BAD_FROM, "'" + text
        + "' is not start, end, a time such as 2026-11-21T07:00:00Z or a cursor such as 0@41,1@7");
  }
}
