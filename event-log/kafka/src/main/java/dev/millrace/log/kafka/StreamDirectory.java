package dev.millrace.log.kafka;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What streams there are, and where they begin and end. Safe for use by many threads. */
final class StreamDirectory implements AutoCloseable {
  private static final String OWN_PREFIX = "millrace.";
  private static final Duration VISIBILITY_POLL = Duration.ofMillis(10);

  private final Admin admin;
  private final KafkaLogConfig config;
  private final KafkaFailures failures;

  StreamDirectory(Admin admin, KafkaLogConfig config) {
    this.admin = admin;
    this.config = config;
    this.failures = new KafkaFailures(config);
  }

  /**
   * Creates a stream that keeps its records for ever and stamps them with the broker's clock, so that times within a
   * partition never go back.
   */
  void createStream(StreamName stream, int partitions) {
    if (partitions < 1)
      throw new IllegalArgumentException(
          "the stream " + stream + " needs 1 partition or more, not " + partitions);
    create(stream, partitions, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.RETENTION_BYTES_CONFIG, "-1",
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
  }

  /** Creates a table, of which the last record of each key is kept. */
  void createTable(StreamName table) {
    create(table, 1, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  private void create(StreamName stream, int partitions, Map<String, String> settings) {
    var doing = "creating the stream " + stream;
    var replicas = config.replicationFactor() == -1
        ? Optional.<Short>empty()
        : Optional.of(config.replicationFactor());
    var topic = new NewTopic(stream.value(), Optional.of(partitions), replicas).configs(settings);
    try {
      get(doing, admin.createTopics(List.of(topic)).all());
    } catch (LogException e) {
      if (!(e.getCause() instanceof TopicExistsException))
        throw e;
    }
    awaitVisible(stream, doing);
  }

  /** The controller answers before every broker has heard of the stream; whoever appends next must find it. */
  private void awaitVisible(StreamName stream, String doing) {
    var deadline = System.nanoTime() + config.requestTimeout().toNanos();
    while (describe(stream, doing).filter(StreamDirectory::isLed).isEmpty()) {
      if (System.nanoTime() > deadline)
        throw new LogException(Code.UNREACHABLE, "the stream " + stream + " was created, but after "
            + config.requestTimeout() + " some of its partitions have no leader: are enough brokers up?");
      pause(doing);
    }
  }

  private void pause(String doing) {
    try {
      Thread.sleep(VISIBILITY_POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.of(doing, e);
    }
  }

  private static boolean isLed(TopicDescription description) {
    return description.partitions().stream().allMatch(partition -> partition.leader() != null);
  }

  Set<StreamName> streams() {
    var names = new TreeSet<StreamName>();
    for (var topic : get("listing the streams", admin.listTopics().names())) {
      if (!topic.startsWith("__") && !topic.startsWith(OWN_PREFIX) && topic.length() <= 128)
        names.add(StreamName.of(topic));
    }
    return names;
  }

  Set<Partition> partitions(StreamName stream) {
    var doing = "looking for the partitions of the stream " + stream;
    var description = describe(stream, doing)
        .orElseThrow(() -> new LogException(Code.UNKNOWN_STREAM, "Kafka at " + config.bootstrapServers()
            + " has no stream " + stream + ". Create it first, or check the name."));
    return partitionsOf(stream, description);
  }

  /** The partitions of those of the streams that there are, to be asked for without waiting. */
  KafkaFuture<Set<Partition>> lookForPartitions(Set<StreamName> streams) {
    var names = streams.stream().map(StreamName::value).toList();
    return admin.describeTopics(names).allTopicNames().thenApply(descriptions -> {
      var partitions = new TreeSet<Partition>();
      descriptions
          .forEach((name, description) -> partitions.addAll(partitionsOf(StreamName.of(name), description)));
      return partitions;
    });
  }

  private static Set<Partition> partitionsOf(StreamName stream, TopicDescription description) {
    var partitions = new TreeSet<Partition>();
    for (var partition : description.partitions())
      partitions.add(new Partition(stream, Integer.toString(partition.partition())));
    return partitions;
  }

  private Optional<TopicDescription> describe(StreamName stream, String doing) {
    try {
      return Optional
          .ofNullable(
              get(doing, admin.describeTopics(List.of(stream.value())).allTopicNames()).get(stream.value()));
    } catch (LogException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException)
        return Optional.empty();
      throw e;
    }
  }

  Set<Partition> partitions(Set<StreamName> streams) {
    var partitions = new TreeSet<Partition>();
    for (var stream : streams)
      partitions.addAll(partitions(stream));
    return partitions;
  }

  /** The offset of the first record that is kept. */
  Map<Partition, Long> beginnings(Collection<Partition> partitions) {
    return offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
  }

  /** The offset after the last record that may be read: behind it lie open transactions, or nothing. */
  Map<Partition, Long> ends(Collection<Partition> partitions) {
    return offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /** The offset after the last record, readable or not. */
  Map<Partition, Long> appendedEnds(Collection<Partition> partitions) {
    return offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
  }

  /** The offset of the first record that was appended in this millisecond or later; the end where there is none. */
  Map<Partition, Long> at(Collection<Partition> partitions, long epochMillis) {
    var found = offsets(partitions, OffsetSpec.forTimestamp(epochMillis), IsolationLevel.READ_COMMITTED);
    var none = new TreeMap<>(found);
    none.values().removeIf(offset -> offset >= 0);
    found.putAll(ends(none.keySet()));
    return found;
  }

  private Map<Partition, Long> offsets(Collection<Partition> partitions, OffsetSpec spec,
      IsolationLevel isolation) {
    var question = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> question.put(Offsets.topicPartition(partition), spec));
    var offsets = new TreeMap<Partition, Long>();
    if (question.isEmpty())
      return offsets;
    get("asking for the offsets of " + partitions,
        admin.listOffsets(question, new ListOffsetsOptions(isolation)).all())
        .forEach((partition, info) -> offsets.put(Offsets.partition(partition), info.offset()));
    return offsets;
  }

  private <T> T get(String doing, KafkaFuture<T> answer) {
    try {
      // The client ends every question after its timeout; the second bound is for a client that is stuck.
      return answer.get(2 * config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.of(doing, e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw failures.of(doing, e);
    }
  }

  @Override
  public void close() {
    admin.close(config.requestTimeout());
  }
}
