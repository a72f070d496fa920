package dev.millrace.log.kafka;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogReader;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group. Where it starts in a partition is what {@link Ownership#assigned} answers, never the broker's
 * committed offset, which is written for those who watch the group's lag.
 */
final class KafkaGroupReader implements LogReader {
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  private final Ownership ownership;
  private final StreamDirectory directory;
  private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
  private final ConsumerPoll consumerPoll;
  private final Progress progress = new Progress();
  private final Set<Partition> owned = new HashSet<>();
  /** Assigned, but the owner has not yet said where to start: paused until it has. */
  private final Set<Partition> unclaimed = new TreeSet<>();
  private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
  private long committedAt = System.nanoTime();
  private @Nullable RuntimeException failure;

  KafkaGroupReader(Set<StreamName> streams, Ownership ownership,
      Consumer<byte @Nullable [], byte @Nullable []> consumer, StreamDirectory directory,
      KafkaFailures failures) {
    this.ownership = ownership;
    this.directory = directory;
    this.consumer = consumer;
    this.consumerPoll = new ConsumerPoll(consumer, directory, failures);
    directory.partitions(streams);
    consumer.subscribe(streams.stream().map(StreamName::value).toList(), new Rebalance());
  }

  @Override
  public Batch poll(Duration atMost) {
    claim();
    throwFailure();
    commit();
    var polled = consumerPoll.poll(atMost);
    throwFailure();
    return polled.map(records -> {
      uncommitted.putAll(records.nextOffsets());
      return progress.advance(records);
    }).orElseGet(Batch::empty);
  }

  /** Asks the owner where to go on. Where it cannot say, as its database is away, the next poll asks it again. */
  private void claim() {
    if (unclaimed.isEmpty())
      return;
    var claimed = Set.copyOf(unclaimed);
    try {
      var start = StartingPoints.of(claimed, ownership.assigned(claimed), directory);
      start.forEach((partition, next) -> {
        consumer.seek(Offsets.topicPartition(partition), next);
        progress.startAt(partition, next);
      });
      consumer.resume(claimed.stream().map(Offsets::topicPartition).toList());
      owned.addAll(claimed);
      unclaimed.removeAll(claimed);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void throwFailure() {
    var thrown = failure;
    failure = null;
    if (thrown != null)
      throw thrown;
  }

  /** Commits what earlier polls brought, as the caller is done with it by now. Nobody waits for it, and it may fail. */
  private void commit() {
    if (uncommitted.isEmpty() || System.nanoTime() - committedAt < COMMIT_INTERVAL.toNanos())
      return;
    consumer.commitAsync(Map.copyOf(uncommitted), null);
    uncommitted.clear();
    committedAt = System.nanoTime();
  }

  @Override
  public Cursor cursor() {
    return progress.cursor();
  }

  @Override
  public void wakeup() {
    consumer.wakeup();
  }

  /** Leaves the group; the owner hears that its partitions are revoked. */
  @Override
  public void close() {
    consumer.close();
  }

  /** Called by Kafka within a poll, on its thread. What it threw would reach the poll in Kafka's wrapping: it keeps it. */
  private final class Rebalance implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      consumer.pause(assigned);
      for (var partition : assigned) {
        // Any offset will do while it is paused; with none the consumer would go and get the committed one.
        consumer.seek(partition, 0);
        unclaimed.add(Offsets.partition(partition));
      }
      claim();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      var mine = new HashSet<Partition>();
      for (var topicPartition : revoked) {
        var partition = Offsets.partition(topicPartition);
        uncommitted.remove(topicPartition);
        if (!unclaimed.remove(partition) && owned.remove(partition))
          mine.add(partition);
      }
      progress.stop(mine);
      if (mine.isEmpty())
        return;
      try {
        ownership.revoked(mine);
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      onPartitionsRevoked(lost);
    }
  }
}
