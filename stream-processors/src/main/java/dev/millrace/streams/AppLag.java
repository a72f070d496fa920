package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.UNREACHABLE;

import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.jspecify.annotations.Nullable;

/**
 * How much of its streams, and of what its steps send each other, an app has not processed. What it has processed is asked
 * for before how much there is, so zero is never too good.
 */
final class AppLag implements AutoCloseable {
  private static final long SECONDS = 10;

  private final StreamApp app;
  private final Set<String> topics;
  private final Admin admin;

  private AppLag(StreamApp app, Set<String> topics, Admin admin) {
    this.app = app;
    this.topics = Set.copyOf(topics);
    this.admin = admin;
  }

  static AppLag of(StreamApp app, Topology topology, @Nullable String bootstrapServers) {
    var topics = new HashSet<String>();
    app.sources().stream().map(StreamName::value).forEach(topics::add);
    for (var sub : topology.describe().subtopologies()) {
      for (var node : sub.nodes()) {
        if (node instanceof TopologyDescription.Source source && source.topicSet() != null)
          source.topicSet().stream().filter(TopologyLock::internal).map(topic -> app.name() + "-" + topic)
              .forEach(topics::add);
      }
    }
    var settings = new HashMap<String, Object>();
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, String.valueOf(bootstrapServers));
    return new AppLag(app, topics, Admin.create(settings));
  }

  long records() {
    var done = get(admin.listConsumerGroupOffsets(app.name()).partitionsToOffsetAndMetadata());
    var partitions = new HashSet<TopicPartition>();
    get(admin.describeTopics(topics).allTopicNames()).forEach((topic, description) -> description.partitions()
        .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition()))));
    var committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    var ends = get(admin.listOffsets(spec(partitions, OffsetSpec.latest()), committed).all());
    var missing = new HashSet<>(partitions);
    missing.removeIf(partition -> done.get(partition) != null);
    var starts = get(admin.listOffsets(spec(missing, OffsetSpec.earliest()), committed).all());
    long lag = 0;
    for (var partition : partitions) {
      var position = done.get(partition);
      var from = position != null ? position.offset() : startOf(starts.get(partition));
      var end = ends.get(partition);
      lag += end == null ? 0 : Math.max(0, end.offset() - from);
    }
    return lag;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private static long startOf(
      ListOffsetsResult.@Nullable ListOffsetsResultInfo start) {
    return start == null ? 0 : start.offset();
  }

  private static Map<TopicPartition, OffsetSpec> spec(Set<TopicPartition> partitions, OffsetSpec spec) {
    var specs = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> specs.put(partition, spec));
    return specs;
  }

  private <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException failure) {
      throw new StreamAppException(UNREACHABLE,
          "the lag of " + app.name() + " is not known: Kafka did not answer ("
              + failure + "); try again",
          failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StreamAppException(UNREACHABLE, "interrupted while asking for the lag of " + app.name(),
          interrupted);
    }
  }
}
