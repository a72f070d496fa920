package dev.millrace.log.kinesis;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/**
 * From where the service is asked for records of a shard.
 *
 * @param sequence the sequence number that the type speaks of; empty where it speaks of none
 * @param proof whether the first record must be the one with that sequence number: where it is not, records after it may be
 *     lost as well, as the service silently goes on with the oldest that it has
 */
record StartingPoint(ShardIteratorType type, Optional<String> sequence, boolean proof) {
  private static final StartingPoint OLDEST = new StartingPoint(ShardIteratorType.TRIM_HORIZON,
      Optional.empty(), false);

  private static final String REMEDY = ". They are past their retention, or the stream was made anew. Rebuild from the"
      + " beginning, or start from a cursor that is still there; a longer retention of the stream keeps this from"
      + " happening.";

  /** The oldest record that is kept. */
  static StartingPoint oldest() {
    return OLDEST;
  }

  /** What follows a place that the service itself named a moment ago. */
  static StartingPoint after(String sequence) {
    return new StartingPoint(ShardIteratorType.AFTER_SEQUENCE_NUMBER, Optional.of(sequence), false);
  }

  /**
   * What follows this place of the shard. Where nothing followed it at a time from which on all is still kept, nothing can be
   * lost; else the record at the place must still be there.
   *
   * @throws LogException EXPIRED where the shard was begun before that time, and nothing was read of it
   */
  static StartingPoint after(Place place, Shard shard, Instant now, Supplier<Duration> retention) {
    if (place.isSeen() && now.minus(retention.get()).toEpochMilli() <= place.detail())
      return place.isBegun() || place.sequence().equals(shard.firstSequence())
          ? OLDEST
          : after(place.sequence());
    if (place.isBegun())
      throw expired(shard.partition(), place, "that it was begun is longer ago than the stream's retention");
    return new StartingPoint(ShardIteratorType.AT_SEQUENCE_NUMBER, Optional.of(place.sequence()), true);
  }

  /** The place that a position of a cursor speaks of. */
  static Place place(Partition partition, Position position) {
    try {
      return Place.of(position);
    } catch (IllegalArgumentException e) {
      throw new LogException(LogException.Code.REFUSED, "'" + position + "' is no position of " + partition
          + " on Kinesis, which has sequence numbers: the cursor is of another log", e);
    }
  }

  /**
   * For a shard that the cursor does not know, and a parent of it that is not listed any more. Who knows anything of the stream
   * knows all shards with which the reading began, as they were begun; so one that it does not know came later.
   *
   * @throws LogException EXPIRED where the cursor is at the parent's end: the shard's first records may be gone as well; or
   *     where it knows other shards of the stream, but not the parent: that one came and went unseen
   */
  static void requireBeginning(Partition shard, Partition gone, Cursor cursor) {
    var place = cursor.position(gone).map(position -> place(gone, position));
    if (place.filter(Place::isEnd).isPresent())
      throw expired(gone, place.get(), "that shard is listed no more, and nothing was read of " + shard
          + ", which came of it and may have lost its first records as well");
    if (place.isEmpty() && knows(cursor, gone.stream()))
      throw unseen(gone, "what is left of it is " + shard + ", of which nothing was read either");
  }

  private static boolean knows(Cursor cursor, StreamName stream) {
    return cursor.positions().keySet().stream().anyMatch(partition -> partition.stream().equals(stream));
  }

  /** What is thrown where a shard came and went. */
  static LogException unseen(Partition gone, String found) {
    return new LogException(LogException.Code.EXPIRED,
        "records after the cursor are gone: wanted all of " + gone
            + ", which came of a split or a merge after the cursor and is listed no more; " + found + REMEDY);
  }

  /** What is thrown where records after a place are past their retention. */
  static LogException expired(Partition partition, Place place, String found) {
    return new LogException(LogException.Code.EXPIRED,
        "records after the cursor are gone: wanted what follows "
            + place.position() + " in " + partition + ", but " + found
            + REMEDY);
  }
}
