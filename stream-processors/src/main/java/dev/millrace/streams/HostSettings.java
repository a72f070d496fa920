package dev.millrace.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** A host's settings, as Kafka Streams wants them. */
final class HostSettings {
  private HostSettings() {}

  static void check(StreamHost.Builder builder, List<String> faults) {
    if (builder.threads < 1)
      faults.add("threads is " + builder.threads + ": use 1 or more");
    if (builder.partitions < 1)
      faults.add("partitions is " + builder.partitions + ": use 1 or more");
    if (builder.replicationFactor == 0 || builder.replicationFactor < -1)
      faults.add(
          "replicationFactor is " + builder.replicationFactor + ": use 1 or more, or -1 for the broker's");
    if (builder.commitInterval.toMillis() < 1)
      faults.add("commitInterval is " + builder.commitInterval + ": use 1 ms or more");
    if (builder.closeTimeout.isNegative())
      faults.add("closeTimeout is " + builder.closeTimeout + ": use 0 or more");
  }

  static Properties of(StreamHost.Builder builder, LongAdder deadLetters) {
    var settings = new Properties();
    var directory = Objects.requireNonNull(builder.stateDirectory);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, builder.app.name());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, builder.bootstrapServers);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, builder.threads);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, builder.replicationFactor);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, builder.commitInterval.toMillis());
    // Waits for no record that is not written yet, and for all that are: with TablesFirst, a join sees what came before it.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, 0L);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    settings.putAll(builder.app.failureHandling());
    settings.put(DeadLetters.COUNT, deadLetters);
    // A member that comes back under its name takes its partitions at once: after a kill nobody waits for its session to
    // end. The streams group protocol knows no such names yet.
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        instance(builder.app, directory));
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
    settings.putAll(builder.more);
    return settings;
  }

  private static String instance(StreamApp app, Path directory) {
    var file = directory.resolve(app.name() + ".instance");
    try {
      Files.createDirectories(directory);
      if (!Files.exists(file))
        Files.writeString(file, UUID.randomUUID().toString());
      return app.name() + "-" + Files.readString(file).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "the host of " + app.name() + " cannot write its state directory " + directory
              + ": make it writable",
          failure);
    }
  }
}
