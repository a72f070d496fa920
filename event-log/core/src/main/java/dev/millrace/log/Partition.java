package dev.millrace.log;

import java.util.Comparator;

/**
 * A part of a stream within which records are ordered: a Kafka partition or a Kinesis shard.
 *
 * @param stream the stream
 * @param id the log's own name for it: {@code 0}, {@code shardId-000000000000}
 */
public record Partition(StreamName stream, String id) implements Comparable<Partition> {
  private static final Comparator<Partition> ORDER = Comparator.comparing(Partition::stream)
      .thenComparingInt(partition -> partition.id().length()).thenComparing(Partition::id);

  @Override
  public int compareTo(Partition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return stream + "/" + id;
  }
}
