package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The marks of all batch writers: a compacted topic of one partition, the writer's name the key. */
record Marks(StreamDirectory directory, ClientProperties properties, KafkaFailures failures) {
  static final StreamName STREAM = StreamName.of("millrace.marks");
  private static final Partition PARTITION = new Partition(STREAM, "0");
  private static final Duration POLL = Duration.ofMillis(200);
  /** As long as a crashed writer's transaction may stay open: the brokers' own default. */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(1);

  static ProducerRecord<byte[], byte @Nullable []> record(String name, String mark) {
    return new ProducerRecord<>(STREAM.value(), name.getBytes(UTF_8), mark.getBytes(UTF_8));
  }

  void createTopic() {
    directory.createTable(STREAM);
  }

  /**
   * The mark of the last batch that was committed under this name. Reads to what is appended now, not only to what is
   * committed now: another name's open transaction hides our mark behind it until it ends.
   */
  Optional<String> last(String name) {
    var doing = "reading the mark of the batch writer '" + name + "'";
    var timeout = properties.config().requestTimeout();
    var deadline = System.nanoTime() + Math.max(timeout.toNanos(), TRANSACTION_TIMEOUT.toNanos());
    var next = directory.beginnings(Set.of(PARTITION)).getOrDefault(PARTITION, 0L);
    var end = directory.appendedEnds(Set.of(PARTITION)).getOrDefault(PARTITION, 0L);
    var mark = Optional.<String>empty();
    try (var consumer = new KafkaConsumer<byte[], byte[]>(properties.consumer(), KafkaLog.BYTES,
        KafkaLog.BYTES)) {
      var partition = Offsets.topicPartition(PARTITION);
      consumer.assign(List.of(partition));
      consumer.seek(partition, next);
      while (next < end) {
        if (System.nanoTime() > deadline)
          throw new LogException(LogException.Code.UNREACHABLE,
              doing + " did not come to the end of " + STREAM
                  + ": another writer's transaction has been open all the time. It may be tried again.");
        var records = consumer.poll(POLL);
        for (var record : records.records(partition)) {
          if (new String(record.key(), UTF_8).equals(name))
            mark = Optional.of(new String(record.value(), UTF_8));
        }
        var moved = records.nextOffsets().get(partition);
        next = moved == null ? next : moved.offset();
      }
    } catch (KafkaException e) {
      throw failures.of(doing, e);
    }
    return mark;
  }
}
