package dev.millrace.log.kafka;

import dev.millrace.log.BatchWriter;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The log on Kafka 4.0 or newer. A stream is a topic, a partition a partition, a position an offset; a key's partition is
 * Kafka's own choice (murmur2), so that every Kafka client finds it. Readers see committed records only.
 *
 * <p>Adding partitions to a stream moves keys to other partitions, on Kafka as such: the records of a key before and after
 * lie in different partitions, and no order holds between those. Choose enough of them at first.
 *
 * <p>Safe for use by many threads. Closing it does not close its writers and readers.
 */
public final class KafkaLog implements EventLog {
  static final ByteArrayDeserializer BYTES = new ByteArrayDeserializer();
  private static final ByteArraySerializer TO_BYTES = new ByteArraySerializer();
  private static final Pattern WRITER_NAME = Pattern.compile("[A-Za-z0-9-]{1,100}");

  private final ClientProperties properties;
  private final KafkaFailures failures;
  private final StreamDirectory directory;

  private KafkaLog(ClientProperties properties, KafkaFailures failures, StreamDirectory directory) {
    this.properties = properties;
    this.failures = failures;
    this.directory = directory;
  }

  /**
   * The log at the configured brokers. They are first asked when something of them is wanted.
   *
   * @throws dev.millrace.log.LogException UNREACHABLE where no address of theirs has a host that is known; REFUSED where a
   *     property is wrong
   */
  public static KafkaLog at(KafkaLogConfig config) {
    var properties = new ClientProperties(config);
    var failures = new KafkaFailures(config);
    var admin = opened("opening the log", failures, () -> Admin.create(properties.admin()));
    return new KafkaLog(properties, failures, new StreamDirectory(admin, config));
  }

  @Override
  public void create(StreamName stream, int partitions) {
    directory.createStream(stream, partitions);
  }

  @Override
  public Set<StreamName> streams() {
    return directory.streams();
  }

  @Override
  public Set<Partition> partitions(StreamName stream) {
    return directory.partitions(stream);
  }

  @Override
  public Cursor end(Set<StreamName> streams) {
    return before(directory.ends(directory.partitions(streams)));
  }

  @Override
  public Cursor at(Set<StreamName> streams, Instant time) {
    // Kafka's times are whole milliseconds: what was appended at 10.2 ms has 10, and is before 10.1 ms as well as after.
    var whole = time.truncatedTo(ChronoUnit.MILLIS);
    var millis = whole.toEpochMilli() + (whole.equals(time) ? 0 : 1);
    return before(directory.at(directory.partitions(streams), Math.max(0, millis)));
  }

  /** The cursor from which these offsets are the next; what cannot have been read, the offset 0, has no place in it. */
  private static Cursor before(Map<Partition, Long> next) {
    var positions = new TreeMap<Partition, Position>();
    next.forEach((partition, offset) -> {
      if (offset > 0)
        positions.put(partition, Offsets.before(offset));
    });
    return Cursor.of(positions);
  }

  @Override
  public Map<Partition, Long> lags(Set<StreamName> streams, Cursor cursor) {
    var partitions = directory.partitions(streams);
    var next = StartingPoints.of(partitions, cursor, directory);
    var lags = new TreeMap<Partition, Long>();
    directory.ends(partitions).forEach((partition, end) -> {
      long lag = end - next.getOrDefault(partition, 0L);
      if (lag > 0)
        lags.put(partition, lag);
    });
    return lags;
  }

  /** False: the brokers drop what an idempotent producer sends again. */
  @Override
  public boolean repeats() {
    return false;
  }

  @Override
  public LogWriter writer() {
    var producer = opened("opening a writer", failures,
        () -> new KafkaProducer<byte[], byte @Nullable []>(properties.producer(), TO_BYTES, TO_BYTES));
    return new KafkaLogWriter(producer, directory, failures);
  }

  @Override
  public BatchWriter batchWriter(String name) {
    if (!WRITER_NAME.matcher(name).matches())
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a batch writer: use 1 to 100 letters, digits and hyphens");
    var producer = opened("opening the batch writer '" + name + "'", failures,
        () -> new KafkaProducer<byte[], byte @Nullable []>(
            properties.transactionalProducer("millrace-" + name),
            TO_BYTES, TO_BYTES));
    return KafkaBatchWriter.open(name, producer, new Marks(directory, properties, failures), failures);
  }

  @Override
  public LogReader reader(Set<StreamName> streams, Cursor from) {
    return reader(new KafkaConsumer<>(properties.consumer(), BYTES, BYTES),
        consumer -> new KafkaLogReader(streams, from, consumer, directory, failures));
  }

  @Override
  public LogReader reader(Set<StreamName> streams, String group, Ownership ownership) {
    return reader(new KafkaConsumer<>(properties.member(group), BYTES, BYTES),
        consumer -> new KafkaGroupReader(streams, ownership, consumer, directory, failures));
  }

  private LogReader reader(Consumer<byte @Nullable [], byte @Nullable []> consumer,
      Function<Consumer<byte @Nullable [], byte @Nullable []>, LogReader> reader) {
    try {
      return reader.apply(consumer);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private static <T> T opened(String doing, KafkaFailures failures, java.util.function.Supplier<T> client) {
    try {
      return client.get();
    } catch (KafkaException e) {
      throw failures.of(doing, e);
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
