package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.StreamDescriptionSummary;
import software.amazon.awssdk.services.kinesis.model.StreamMode;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** What streams there are, and of which shards. Safe for use by many threads. */
final class ShardDirectory {
  private static final Duration FIRST_LOOK = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  /** The service says that a new stream is there within seconds; with many shards it takes minutes. */
  private static final Duration CREATION = Duration.ofMinutes(5);

  private final KinesisAsyncClient client;
  private final KinesisLogConfig config;
  private final ServiceCalls calls;
  private final Map<StreamName, List<Shard>> known = new ConcurrentHashMap<>();

  ShardDirectory(KinesisAsyncClient client, KinesisFailures failures) {
    this.client = client;
    this.config = failures.config();
    this.calls = new ServiceCalls(failures);
  }

  /** The service's name of the stream. */
  String serviceName(StreamName stream) {
    return config.streamPrefix() + stream.value();
  }

  /** Creates the stream where it is not there, with as much capacity as is asked for, and waits until it can be used. */
  void createStream(StreamName stream, int shards) {
    if (shards < 1)
      throw new IllegalArgumentException(
          "the stream " + stream + " needs 1 partition or more, not " + shards);
    var doing = "creating the stream " + stream;
    try {
      calls.get(doing, () -> client.createStream(request -> request.streamName(serviceName(stream))
          .shardCount(shards).streamModeDetails(mode -> mode.streamMode(StreamMode.PROVISIONED)))
          .handle((_, failure) -> isThere(failure)));
    } finally {
      known.remove(stream);
    }
    awaitActive(stream, doing);
  }

  /** Throws what the creation failed with, but that the stream is there. */
  private static boolean isThere(@Nullable Throwable failure) {
    if (failure == null)
      return false;
    var cause = KinesisFailures.rootOf(failure);
    if (cause instanceof ResourceInUseException)
      return true;
    throw new java.util.concurrent.CompletionException(cause);
  }

  private void awaitActive(StreamName stream, String doing) {
    var deadline = System.nanoTime() + CREATION.toNanos();
    var pause = FIRST_LOOK;
    while (true) {
      var status = describe(stream, doing).streamStatus();
      if (status == StreamStatus.ACTIVE || status == StreamStatus.UPDATING)
        return;
      if (System.nanoTime() > deadline)
        throw new LogException(Code.UNREACHABLE, "the stream " + stream + " at " + config
            + " was created, but is " + status + " after " + CREATION + ". It may be tried again.");
      calls.pause(doing, pause);
      pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    }
  }

  /** How long the stream keeps its records. */
  Duration retention(StreamName stream) {
    return Duration
        .ofHours(describe(stream, "asking for the retention of the stream " + stream).retentionPeriodHours());
  }

  /** The stream's name in all of Amazon. */
  String arn(StreamName stream) {
    return describe(stream, "asking for the ARN of the stream " + stream).streamARN();
  }

  private StreamDescriptionSummary describe(StreamName stream, String doing) {
    return calls
        .get(doing, () -> client.describeStreamSummary(request -> request.streamName(serviceName(stream))))
        .streamDescriptionSummary();
  }

  /** The streams whose names begin with our prefix, without it. */
  Set<StreamName> streams() {
    var names = new TreeSet<StreamName>();
    var after = Optional.<String>empty();
    while (true) {
      var start = after;
      var page = calls.get("listing the streams",
          () -> client.listStreams(request -> request.exclusiveStartStreamName(start.orElse(null))));
      page.streamNames().stream()
          .filter(name -> name.startsWith(config.streamPrefix())
              && name.length() > config.streamPrefix().length())
          .map(name -> StreamName.of(name.substring(config.streamPrefix().length()))).forEach(names::add);
      if (!page.hasMoreStreams() || page.streamNames().isEmpty())
        return names;
      after = Optional.of(page.streamNames().getLast());
    }
  }

  /**
   * The shards of the stream as they were last listed, closed ones included whose records are still kept; listed now where
   * they never were.
   *
   * @throws LogException UNKNOWN_STREAM where there is no such stream
   */
  List<Shard> shards(StreamName stream) {
    var shards = known.get(stream);
    return shards == null ? refresh(stream) : shards;
  }

  /**
   * The shard, listed now where it is not among those that are known.
   *
   * @throws LogException UNKNOWN_STREAM where there is no such stream
   */
  Optional<Shard> shard(Partition partition) {
    return find(partition, shards(partition.stream()))
        .or(() -> find(partition, refresh(partition.stream())));
  }

  /** The parents of the shard. Where one that came of it is known, and it is not, it is gone, and nothing is asked for it. */
  Set<Partition> parents(Partition partition) {
    var known = shards(partition.stream());
    var hasChildren = known.stream().anyMatch(shard -> shard.parents().contains(partition));
    var shard = hasChildren ? find(partition, known) : shard(partition);
    return shard.map(Shard::parents).orElse(Set.of());
  }

  private static Optional<Shard> find(Partition partition, List<Shard> shards) {
    return shards.stream().filter(shard -> shard.partition().equals(partition)).findAny();
  }

  /**
   * The shards of the stream, listed now.
   *
   * @throws LogException UNKNOWN_STREAM where there is no such stream
   */
  List<Shard> refresh(StreamName stream) {
    var doing = "listing the shards of the stream " + stream;
    var shards = new ArrayList<Shard>();
    var page = list(doing, request -> request.streamName(serviceName(stream)));
    while (true) {
      page.shards().forEach(shard -> shards.add(shard(stream, shard)));
      var next = page.nextToken();
      if (next == null)
        break;
      page = list(doing, request -> request.nextToken(next));
    }
    var listed = List.copyOf(shards);
    known.put(stream, listed);
    return listed;
  }

  private ListShardsResponse list(String doing, java.util.function.Consumer<ListShardsRequest.Builder> what) {
    return calls.get(doing, () -> client.listShards(what));
  }

  private static Shard shard(StreamName stream, software.amazon.awssdk.services.kinesis.model.Shard listed) {
    var parents = new LinkedHashSet<Partition>();
    Stream.of(listed.parentShardId(), listed.adjacentParentShardId()).filter(id -> id != null)
        .forEach(id -> parents.add(new Partition(stream, id)));
    var hashes = listed.hashKeyRange();
    var sequences = listed.sequenceNumberRange();
    return new Shard(new Partition(stream, listed.shardId()), parents,
        new BigInteger(hashes.startingHashKey()), new BigInteger(hashes.endingHashKey()),
        sequences.startingSequenceNumber(), Optional.ofNullable(sequences.endingSequenceNumber()));
  }
}
