package dev.millrace.log.kafka;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka's offsets and the log's positions. A position is the last record read and an offset the next one, so a position
 * is the offset before; a partition from which nothing can have been read (offset 0) has no position.
 */
final class Offsets {
  private Offsets() {}

  /** The position that has been reached when this offset is the next to be read; the offset is above 0. */
  static Position before(long next) {
    return Position.of(Long.toString(next - 1));
  }

  /** The offset to go on at after this position. */
  static long after(Partition partition, Position position) {
    try {
      return Long.parseLong(position.value()) + 1;
    } catch (NumberFormatException e) {
      throw new LogException(LogException.Code.REFUSED, "'" + position + "' is no position of " + partition
          + " on Kafka, which has offsets: the cursor is of another log", e);
    }
  }

  static TopicPartition topicPartition(Partition partition) {
    try {
      return new TopicPartition(partition.stream().value(), Integer.parseInt(partition.id()));
    } catch (NumberFormatException e) {
      throw new LogException(LogException.Code.REFUSED, partition
          + " is no partition on Kafka, which numbers them: the cursor is of another log", e);
    }
  }

  static Partition partition(TopicPartition partition) {
    return new Partition(StreamName.of(partition.topic()), Integer.toString(partition.partition()));
  }
}
