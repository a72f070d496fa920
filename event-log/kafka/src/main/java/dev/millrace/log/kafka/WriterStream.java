package dev.millrace.log.kafka;

import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.jspecify.annotations.Nullable;

/** A stream as one writer sees it: where each key goes, and which partitions know the writer. Safe for many threads. */
final class WriterStream {
  private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

  private final StreamName stream;
  private final Producer<byte[], byte @Nullable []> producer;
  private volatile Place[] places = {};
  private volatile long checkedAt;

  WriterStream(StreamName stream, Producer<byte[], byte @Nullable []> producer) {
    this.stream = stream;
    this.producer = producer;
    grow();
  }

  /** Where entries of this key go: where Kafka's own clients put them. */
  Place place(byte[] key) {
    if (System.nanoTime() - checkedAt > CHECK_NANOS)
      grow();
    var now = places;
    return now[BuiltInPartitioner.partitionForKey(key, now.length)];
  }

  private synchronized void grow() {
    var total = producer.partitionsFor(stream.value()).size();
    if (total > places.length) {
      var grown = Arrays.copyOf(places, total);
      for (var number = places.length; number < total; number++)
        grown[number] = new Place(number, new Partition(stream, Integer.toString(number)));
      places = grown;
    }
    checkedAt = System.nanoTime();
  }

  /**
   * One partition. Its first entry is acknowledged before another is sent: Kafka takes whatever sequence number comes first
   * from a producer that the partition does not know. Were the first request refused for the moment, as by a leader that
   * is not ready, and the second taken, the second's entries would stand before the first's for ever.
   */
  static final class Place {
    private final Integer number;
    private final Partition partition;
    private volatile boolean known;

    private Place(int number, Partition partition) {
      this.number = number;
      this.partition = partition;
    }

    Integer number() {
      return number;
    }

    Partition partition() {
      return partition;
    }

    /** Sends; waits for the acknowledgement where the partition has not given the writer one yet. */
    void send(Supplier<Future<RecordMetadata>> entry) {
      if (known) {
        var _ = entry.get();
        return;
      }
      synchronized (this) {
        var sent = entry.get();
        known = known || acknowledged(sent);
      }
    }

    /** Not to be interrupted: an entry that is still under way would be overtaken by the next. It ends in its own time. */
    private static boolean acknowledged(Future<RecordMetadata> sent) {
      var interrupted = false;
      try {
        while (true) {
          try {
            sent.get();
            return true;
          } catch (InterruptedException _) {
            interrupted = true;
          } catch (ExecutionException _) {
            return false;
          }
        }
      } finally {
        if (interrupted)
          Thread.currentThread().interrupt();
      }
    }
  }
}
