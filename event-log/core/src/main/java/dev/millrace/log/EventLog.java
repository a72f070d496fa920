package dev.millrace.log;

import java.time.Instant;
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

  /** Past the last record that is there now, for every partition that has any. */
  Cursor end(Set<StreamName> streams);

  /** Before the first record that was appended at this time or later. */
  Cursor at(Set<StreamName> streams, Instant time);

  /** How many records of the streams lie after the cursor; an upper bound, as a log has places that hold none. */
  long lag(Set<StreamName> streams, Cursor cursor);

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
