package dev.millrace.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A log: Kafka or Kinesis. Safe for use by many threads; the readers it makes are not. */
public interface EventLog extends AutoCloseable {
  /**
   * Creates the stream where it is not there; where it is, checks nothing and changes nothing.
   *
   * @param partitions how many partitions a new stream gets
   */
  void create(StreamName stream, int partitions);

  /** The streams there are, without the log's internal ones. */
  Set<StreamName> streams();

  /**
   * The partitions of the stream.
   *
   * @throws LogException UNKNOWN_STREAM where there is no such stream
   */
  Set<Partition> partitions(StreamName stream);

  /**
   * The partitions that this one was split from or merged of, as far as the log still has them: those that have to be read
   * to their end before it. None in a log whose partitions stay as they are.
   */
  default Set<Partition> parents(Partition partition) {
    return Set.of();
  }

  /**
   * Past the last record that is there now, for every partition that has any. A log whose partitions come and go may name those
   * as well that have none, as long as there are others that do: at their beginning.
   */
  Cursor end(Set<StreamName> streams);

  /** Before the first record that was appended at this time or later. Names partitions that have none before it as {@link #end} does. */
  Cursor at(Set<StreamName> streams, Instant time);

  /**
   * How many records lie after the cursor, for each partition of the streams that has any; an upper bound, as a log has
   * places that hold none. A log that has to read them to count them, as Kinesis has, stops in each partition where it has
   * counted 1,000.
   */
  Map<Partition, Long> lags(Set<StreamName> streams, Cursor cursor);

  /** How many records of the streams lie after the cursor: the sum of {@link #lags}. */
  default long lag(Set<StreamName> streams, Cursor cursor) {
    return lags(streams, cursor).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * How long ago the oldest record that lies after the cursor was appended, a millisecond at least; zero where none does.
   * Empty where the log cannot say so for little.
   */
  default Optional<Duration> behind(Set<StreamName> streams, Cursor cursor) {
    return Optional.empty();
  }

  /**
   * Whether an entry may stand in this log twice, under the same event id: where an acknowledgement was lost and the writer
   * had to append it again. Readers that must not count it twice drop the second.
   */
  boolean repeats();

  /** A writer. */
  LogWriter writer();

  /**
   * The writer of this name, which fences the one before it.
   *
   * @param name unique for what it relays, such as {@code outbox-sales}; letters, digits and hyphens
   */
  BatchWriter batchWriter(String name);

  /** A reader of all partitions of the streams, those added later included, from the cursor on. It belongs to no group. */
  LogReader reader(Set<StreamName> streams, Cursor from);

  /** A reader that shares the partitions of the streams with the other members of the group. */
  LogReader reader(Set<StreamName> streams, String group, Ownership ownership);

  @Override
  void close();
}
