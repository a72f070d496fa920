package dev.millrace.log.kafka;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogReader;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reader of all partitions of its streams. It looks for added ones from time to time, without holding up a poll. */
final class KafkaLogReader implements LogReader {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaLogReader.class);

  private final Set<StreamName> streams;
  private final StreamDirectory directory;
  private final ConsumerPoll consumerPoll;
  private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
  private final Progress progress = new Progress();
  private final Set<Partition> assigned = new TreeSet<>();
  private final long checkNanos;
  private long checkedAt = System.nanoTime();
  private @Nullable KafkaFuture<Set<Partition>> check;

  KafkaLogReader(Set<StreamName> streams, Cursor from,
      Consumer<byte @Nullable [], byte @Nullable []> consumer,
      StreamDirectory directory, KafkaFailures failures) {
    this.streams = Set.copyOf(streams);
    this.directory = directory;
    this.consumer = consumer;
    this.consumerPoll = new ConsumerPoll(consumer, directory, failures);
    this.checkNanos = failures.config().partitionCheck().toNanos();
    read(directory.partitions(streams), from);
  }

  private void read(Set<Partition> added, Cursor from) {
    assigned.addAll(added);
    consumer.assign(assigned.stream().map(Offsets::topicPartition).toList());
    StartingPoints.of(added, from, directory).forEach((partition, next) -> {
      consumer.seek(Offsets.topicPartition(partition), next);
      progress.startAt(partition, next);
    });
  }

  @Override
  public Batch poll(Duration atMost) {
    readAddedPartitions();
    return consumerPoll.poll(atMost).map(progress::advance).orElseGet(Batch::empty);
  }

  private void readAddedPartitions() {
    var answer = check;
    if (answer == null) {
      if (System.nanoTime() - checkedAt >= checkNanos)
        check = directory.lookForPartitions(streams);
    } else if (answer.isDone()) {
      check = null;
      checkedAt = System.nanoTime();
      var added = new HashSet<>(partitionsIn(answer));
      added.removeAll(assigned);
      if (!added.isEmpty()) {
        LOG.info("reading added partitions {} from their beginning", added);
        read(added, Cursor.start());
      }
    }
  }

  /** None where the question failed: it is asked again, and that the brokers do not answer shows in the poll. */
  private static Set<Partition> partitionsIn(KafkaFuture<Set<Partition>> answer) {
    try {
      return answer.getNow(Set.of());
    } catch (CompletionException | CancellationException | java.util.concurrent.ExecutionException
        | InterruptedException e) {
      LOG.debug("could not look for added partitions", e);
      return Set.of();
    }
  }

  @Override
  public Cursor cursor() {
    return progress.cursor();
  }

  @Override
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
