package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** How far a reader has come, and what it hands out. Owned by the reader's thread. */
final class Progress {
  private static final byte[] TOMBSTONE = {};

  private final Map<TopicPartition, Partition> names = new HashMap<>();
  private final Map<Partition, Position> positions = new HashMap<>();
  private final Map<Partition, Position> unsaid = new HashMap<>();

  /** Reading goes on at this offset. */
  void startAt(Partition partition, long next) {
    names.put(Offsets.topicPartition(partition), partition);
    positions.remove(partition);
    if (next > 0) {
      positions.put(partition, Offsets.before(next));
      unsaid.put(partition, Offsets.before(next));
    }
  }

  void stop(Set<Partition> partitions) {
    positions.keySet().removeAll(partitions);
    unsaid.keySet().removeAll(partitions);
  }

  Cursor cursor() {
    return Cursor.of(positions);
  }

  /**
   * Moves on to after these records. The next offsets may lie past the last record, behind the marker that ends a
   * transaction; without them a bounded reading would wait for a record that never comes.
   */
  Batch advance(ConsumerRecords<byte @Nullable [], byte @Nullable []> polled) {
    if (polled.nextOffsets().isEmpty() && unsaid.isEmpty())
      return Batch.empty();
    var moved = new HashMap<>(unsaid);
    unsaid.clear();
    polled.nextOffsets().forEach((topicPartition, next) -> {
      if (next.offset() > 0)
        moved.put(partition(topicPartition), Offsets.before(next.offset()));
    });
    positions.putAll(moved);
    return new Batch(records(polled), Cursor.of(moved));
  }

  private List<LogRecord> records(ConsumerRecords<byte @Nullable [], byte @Nullable []> polled) {
    var records = new ArrayList<LogRecord>(polled.count());
    for (var topicPartition : polled.partitions()) {
      var partition = partition(topicPartition);
      for (var record : polled.records(topicPartition))
        records.add(record(partition, record));
    }
    return records;
  }

  private static LogRecord record(Partition partition,
      ConsumerRecord<byte @Nullable [], byte @Nullable []> read) {
    var position = Offsets.before(read.offset() + 1);
    var keyBytes = read.key();
    var key = keyBytes == null ? "" : new String(keyBytes, UTF_8);
    var value = read.value();
    var headers = read.headers();
    return new LogRecord(partition, position, key, Instant.ofEpochMilli(read.timestamp()),
        () -> EnvelopeHeaders.read(headers, key, partition + "@" + position),
        value == null ? TOMBSTONE : value);
  }

  private Partition partition(TopicPartition topicPartition) {
    return names.computeIfAbsent(topicPartition, Offsets::partition);
  }
}
