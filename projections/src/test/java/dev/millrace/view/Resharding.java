package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;

import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/** Splits and merges the shards of a stream; returns when that is done. */
final class Resharding implements AutoCloseable {
  private final String stream;
  private final KinesisAsyncClient client = KinesisAsyncClient.builder()
      .endpointOverride(URI.create(TestedLog.KINESIS.address()))
      .region(Region.US_EAST_1).credentialsProvider(
          StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
      .build();

  Resharding(StreamName stream) {
    this.stream = stream.value();
  }

  void splitAll() {
    for (var shard : open()) {
      var middle = first(shard).add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
      client.splitShard(request -> request.streamName(stream).shardToSplit(shard.shardId())
          .newStartingHashKey(middle.toString())).join();
      awaitActive();
    }
  }

  /** Each shard with the one after it. */
  void mergePairs() {
    var open = open();
    for (int i = 0; i + 1 < open.size(); i += 2) {
      var one = open.get(i);
      var next = open.get(i + 1);
      client.mergeShards(request -> request.streamName(stream).shardToMerge(one.shardId())
          .adjacentShardToMerge(next.shardId())).join();
      awaitActive();
    }
  }

  private List<Shard> open() {
    return client.listShards(request -> request.streamName(stream)).join().shards().stream()
        .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
        .sorted(Comparator.comparing(Resharding::first)).toList();
  }

  private static BigInteger first(Shard shard) {
    return new BigInteger(shard.hashKeyRange().startingHashKey());
  }

  private void awaitActive() {
    eventually().untilAsserted(() -> {
      var status = client.describeStreamSummary(request -> request.streamName(stream)).join()
          .streamDescriptionSummary().streamStatus();
      if (status != StreamStatus.ACTIVE)
        throw new AssertionError(stream + " is " + status);
    });
  }

  @Override
  public void close() {
    client.close();
  }
}
