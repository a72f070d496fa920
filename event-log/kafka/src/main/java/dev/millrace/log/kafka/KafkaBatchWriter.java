package dev.millrace.log.kafka;

import dev.millrace.log.BatchWriter;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The batch writer on Kafka: a batch and its mark are one transaction. After a failure it takes no more. */
final class KafkaBatchWriter implements BatchWriter {
  private final String name;
  private final Producer<byte[], byte @Nullable []> producer;
  private final KafkaFailures failures;
  private Optional<String> mark;
  private @Nullable LogException failure;

  private KafkaBatchWriter(String name, Producer<byte[], byte @Nullable []> producer, KafkaFailures failures,
      Optional<String> mark) {
    this.name = name;
    this.producer = producer;
    this.failures = failures;
    this.mark = mark;
  }

  /**
   * Takes the name: the writer that had it is fenced and its open transaction is ended, and only then is the mark read,
   * as until then it might still have moved.
   */
  static KafkaBatchWriter open(String name, Producer<byte[], byte @Nullable []> producer, Marks marks,
      KafkaFailures failures) {
    try {
      marks.createTopic();
      producer.initTransactions();
      return new KafkaBatchWriter(name, producer, failures, marks.last(name));
    } catch (LogException e) {
      producer.close(Duration.ZERO);
      throw e;
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw failures.of("opening the batch writer '" + name + "'", e);
    }
  }

  @Override
  public Optional<String> mark() {
    return mark;
  }

  @Override
  public void append(List<LogEntry> entries, String mark) {
    var before = failure;
    if (before != null)
      throw new LogException(before.code(), "the batch writer '" + name
          + "' has failed before and takes no more: open another and ask it for its mark", before);
    var refused = new AtomicReference<@Nullable LogException>();
    try {
      producer.beginTransaction();
      for (var entry : entries)
        send(entry, refused);
      var _ = producer.send(Marks.record(name, mark));
      producer.commitTransaction();
      this.mark = Optional.of(mark);
    } catch (KafkaException e) {
      var first = refused.get();
      failure = first != null ? first : failures.of(doing(entries), e);
      abort();
      throw failure;
    }
  }

  private void send(LogEntry entry, AtomicReference<@Nullable LogException> refused) {
    var _ = producer.send(EnvelopeHeaders.record(entry), (_, failed) -> {
      if (failed != null)
        refused.compareAndSet(null, failures.of("appending a batch of '" + name + "' to the stream "
            + entry.stream() + " under the key '" + entry.key() + "'", failed));
    });
  }

  private String doing(List<LogEntry> entries) {
    return "appending a batch of " + entries.size() + " entries of the batch writer '" + name + "'";
  }

  /**
   * Ends the transaction at once where that is possible, so that readers need not wait for its timeout. Where it is not,
   * as after a commit of unknown outcome, the writer that takes the name next does.
   */
  private void abort() {
    try {
      producer.abortTransaction();
    } catch (KafkaException | IllegalStateException _) {
      producer.close(Duration.ZERO);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
