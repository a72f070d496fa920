package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.Acknowledgements;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Partition;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The writer on Kafka: an idempotent producer, which the brokers let neither repeat nor reorder a batch once a
 * partition knows it ({@link WriterStream.Place}; P1), and which
 * is acknowledged when all in-sync replicas have the record (P2).
 *
 * <p>What is chained to a future that was not complete yet runs on one virtual thread of this writer, in the order of
 * the acknowledgements. It may block, but what it waits for must not be an acknowledgement of this same writer.
 */
final class KafkaLogWriter implements LogWriter {
  private final Producer<byte[], byte @Nullable []> producer;
  private final StreamDirectory directory;
  private final KafkaFailures failures;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Map<StreamName, WriterStream> streams = new ConcurrentHashMap<>();

  KafkaLogWriter(Producer<byte[], byte @Nullable []> producer, StreamDirectory directory,
      KafkaFailures failures) {
    this.producer = producer;
    this.directory = directory;
    this.failures = failures;
  }

  @Override
  public CompletableFuture<Receipt> append(LogEntry entry) {
    try {
      var stream = streams.get(entry.stream());
      if (stream == null)
        stream = streams.computeIfAbsent(entry.stream(), this::found);
      var key = entry.key().getBytes(UTF_8);
      var place = stream.place(key);
      var pending = new Pending(entry, place.partition());
      place.send(() -> producer.send(EnvelopeHeaders.record(entry, key, place.number()), pending));
      return pending;
    } catch (LogException e) {
      return CompletableFuture.failedFuture(e);
    } catch (KafkaException e) {
      return CompletableFuture.failedFuture(failed(entry, e));
    }
  }

  /** Asks first: Kafka's producer would wait for a stream that is not there as long as for a broker. */
  private WriterStream found(StreamName stream) {
    directory.partitions(stream);
    return new WriterStream(stream, producer);
  }

  private LogException failed(LogEntry entry, Exception e) {
    return failures.of("appending to the stream " + entry.stream() + " under the key '" + entry.key() + "'",
        e);
  }

  @Override
  public void flush() {
    if (acknowledgements.isTeller(Thread.currentThread()))
      throw new IllegalStateException("a callback of this writer waits for it: it would wait for itself");
    try {
      producer.flush();
    } catch (KafkaException e) {
      throw failures.of("flushing", e);
    }
    acknowledgements.await();
  }

  @Override
  public void close() {
    producer.close();
    if (!acknowledgements.isTeller(Thread.currentThread()))
      acknowledgements.await();
  }

  /** One append under way: the future, Kafka's callback and the telling in one object, as there is one for each entry. */
  private final class Pending extends CompletableFuture<Receipt> implements Callback, Runnable {
    private final LogEntry entry;
    private final Partition partition;
    private @Nullable RecordMetadata metadata;
    private @Nullable Exception failure;

    private Pending(LogEntry entry, Partition partition) {
      this.entry = entry;
      this.partition = partition;
    }

    @Override
    public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
      this.metadata = metadata;
      this.failure = failure;
      acknowledgements.add(this);
    }

    @Override
    public void run() {
      var appended = metadata;
      if (failure != null)
        completeExceptionally(failed(entry, failure));
      else if (appended != null)
        complete(new Receipt(partition, Offsets.before(appended.offset() + 1), entry.envelope().id(),
            Instant.ofEpochMilli(appended.timestamp())));
    }
  }
}
