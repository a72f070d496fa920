package dev.millrace.log.kinesis;

import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Splits and merges shards, and returns when that is done. */
record Resharding(KinesisAsyncClient client, ShardDirectory directory, ServiceCalls calls) {
  private static final Comparator<Shard> BY_HASH = Comparator.comparing(Shard::firstHash);

  static Resharding on(KinesisAsyncClient client, KinesisFailures failures) {
    return new Resharding(client, new ShardDirectory(client, failures),
        new ServiceCalls(failures, Duration.ofMinutes(5)));
  }

  /** The shards that are written to, by their hash keys. */
  List<Shard> open(StreamName stream) {
    return directory.refresh(stream).stream().filter(Shard::isOpen).sorted(BY_HASH).toList();
  }

  void splitLargest(StreamName stream) {
    split(stream, open(stream).stream().max(Comparator.comparing(Resharding::width)).orElseThrow());
  }

  /** Splits a shard anywhere, or merges two neighbours. */
  void any(StreamName stream, Random random) {
    var open = open(stream);
    var place = random.nextInt(open.size());
    if (open.size() > 1 && random.nextBoolean())
      merge(stream, open.get(Math.max(place, 1) - 1), open.get(Math.max(place, 1)));
    else
      split(stream, open.get(place));
  }

  private static BigInteger width(Shard shard) {
    return shard.lastHash().subtract(shard.firstHash());
  }

  void split(StreamName stream, Shard shard) {
    var middle = shard.firstHash().add(width(shard).shiftRight(1)).add(BigInteger.ONE);
    calls.get("splitting", () -> client.splitShard(request -> request.streamName(name(stream))
        .shardToSplit(shard.partition().id()).newStartingHashKey(middle.toString())));
    awaitActive(stream);
  }

  void merge(StreamName stream, Shard one, Shard next) {
    calls.get("merging", () -> client.mergeShards(request -> request.streamName(name(stream))
        .shardToMerge(one.partition().id()).adjacentShardToMerge(next.partition().id())));
    awaitActive(stream);
  }

  private void awaitActive(StreamName stream) {
    while (calls
        .get("looking", () -> client.describeStreamSummary(request -> request.streamName(name(stream))))
        .streamDescriptionSummary().streamStatus() != StreamStatus.ACTIVE)
      calls.pause("looking", Duration.ofMillis(20));
  }

  private String name(StreamName stream) {
    return directory.serviceName(stream);
  }
}
