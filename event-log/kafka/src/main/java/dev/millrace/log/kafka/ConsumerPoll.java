package dev.millrace.log.kafka;

import dev.millrace.log.LogException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** A poll of Kafka's consumer, with the log's failures. */
record ConsumerPoll(Consumer<byte @Nullable [], byte @Nullable []> consumer, StreamDirectory directory,
    KafkaFailures failures) {

  /** What the poll brought; empty where it was woken up. */
  Optional<ConsumerRecords<byte @Nullable [], byte @Nullable []>> poll(Duration atMost) {
    try {
      return Optional.of(consumer.poll(atMost));
    } catch (WakeupException _) {
      return Optional.empty();
    } catch (OffsetOutOfRangeException e) {
      throw expired(e.offsetOutOfRangePartitions(), e);
    } catch (KafkaException e) {
      throw failures.of("reading " + streams(), e);
    }
  }

  private Set<String> streams() {
    return consumer.assignment().stream().map(TopicPartition::topic).collect(Collectors.toSet());
  }

  private LogException expired(Map<TopicPartition, Long> wanted, KafkaException cause) {
    var partitions = wanted.keySet().stream().map(Offsets::partition).toList();
    var beginnings = directory.beginnings(partitions);
    var ends = directory.ends(partitions);
    var lost = partitions.stream().map(partition -> partition + ": wanted position "
        + wanted.get(Offsets.topicPartition(partition)) + ", available are " + beginnings.get(partition)
        + " up to, not including, " + ends.get(partition)).collect(Collectors.joining("; "));
    return new LogException(LogException.Code.EXPIRED, "records after the cursor are gone: " + lost
        + ". They are past their retention, or the stream was made anew. Rebuild from the beginning, or start from"
        + " a cursor that is still there.", cause);
  }
}
