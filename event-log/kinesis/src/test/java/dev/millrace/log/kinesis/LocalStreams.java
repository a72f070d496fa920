package dev.millrace.log.kinesis;

import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevKinesis;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** A local Kinesis, and what is done to its streams and seen in them with no writer and no reader of ours. */
final class LocalStreams implements TestedService {
  private final URI endpoint;
  private final Runnable stop;
  private final KinesisAsyncClient client;

  private LocalStreams(DevKinesis server, Runnable stop) {
    this.endpoint = server.endpoint();
    this.stop = stop;
    this.client = client(new ExecutionInterceptor[0]);
  }

  /** The Kinesis that the test classes of a JVM share. */
  static LocalStreams shared() {
    return new LocalStreams(SharedServers.kinesis(), () -> {});
  }

  /** A Kinesis of its own, for a class that would slow down the others: a server uses one thread. */
  static LocalStreams separate() {
    var server = DevKinesis.start();
    return new LocalStreams(server, server::close);
  }

  URI endpoint() {
    return endpoint;
  }

  static void credentials(KinesisAsyncClientBuilder builder) {
    builder.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")));
  }

  /**
   * {@inheritDoc} It loses little time. Each call costs the local server milliseconds on its only thread, so readers that
   * poll more often slow down the writers that they wait for.
   */
  @Override
  public KinesisLogConfig.Builder config(ExecutionInterceptor... interceptors) {
    return KinesisLogConfig.builder().endpoint(endpoint).region("us-east-1")
        .pollPause(Duration.ofMillis(100)).shardCheck(Duration.ofMillis(200)).lease(Duration.ofSeconds(1))
        .client(builder -> {
          credentials(builder);
          builder.overrideConfiguration(
              settings -> settings.executionInterceptors(List.of(interceptors)));
        });
  }

  @Override
  public KinesisAsyncClient client() {
    return client;
  }

  @Override
  public KinesisAsyncClient client(ExecutionInterceptor... interceptors) {
    var builder = KinesisAsyncClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1);
    config(interceptors).build().client().accept(builder);
    return builder.build();
  }

  static StreamName name(String what) {
    return StreamName.of("test." + what + "." + UUID.randomUUID());
  }

  static LogEntry entry(StreamName stream, String key, String id) {
    return new LogEntry(stream, key, Envelope.of(id, "/test", "test.Thing", Instant.EPOCH, key), id.getBytes(
        java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Appends in this order, one call after another. */
  void append(StreamName stream, List<LogEntry> entries) {
    for (var from = 0; from < entries.size(); from += 100) {
      var records = new ArrayList<PutRecordsRequestEntry>();
      for (var entry : entries.subList(from, Math.min(entries.size(), from + 100)))
        records.add(PutRecordsRequestEntry.builder().partitionKey(HashKey.partitionKey(entry.key()))
            .data(SdkBytes.fromByteArray(CloudEventFrame.encode(entry))).build());
      var answer = client.putRecords(request -> request.streamName(stream.value()).records(records)).join();
      if (answer.failedRecordCount() > 0)
        throw new AssertionError(answer.records().toString());
    }
  }

  void split(StreamName stream, Shard shard) {
    resharding().split(stream, shard);
  }

  void merge(StreamName stream, Shard one, Shard next) {
    resharding().merge(stream, one, next);
  }

  /** The service's own records by shard, parents before their children. */
  Map<String, List<Record>> raw(StreamName stream) {
    var records = new TreeMap<String, List<Record>>();
    for (var shard : client.listShards(request -> request.streamName(stream.value())).join().shards()) {
      var ofShard = records.computeIfAbsent(shard.shardId(), _ -> new ArrayList<>());
      var iterator = client.getShardIterator(request -> request.streamName(stream.value())
          .shardId(shard.shardId()).shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join().shardIterator();
      while (iterator != null) {
        var from = iterator;
        var page = client.getRecords(request -> request.shardIterator(from)).join();
        ofShard.addAll(page.records());
        iterator = page.records().isEmpty() && page.millisBehindLatest() == 0
            ? null
            : page.nextShardIterator();
      }
    }
    return records;
  }

  /** What a reader would have of {@link #raw}. */
  List<LogRecord> records(StreamName stream) {
    var shards = new ShardDirectory(client, new KinesisFailures(config().build())).refresh(stream);
    var found = new ArrayList<LogRecord>();
    raw(stream).forEach((id, records) -> {
      var shard = shards.stream().filter(one -> one.partition().id().equals(id)).findAny().orElseThrow();
      for (var record : records) {
        for (var part : ShardReading.parts(shard, record))
          found.add(CloudEventFrame.decode(shard.partition(),
              Place.record(record.sequenceNumber(), part.index()).position(),
              record.approximateArrivalTimestamp(), part.partitionKey(), part.data()));
      }
    });
    return found;
  }

  void delete(StreamName stream) {
    client.deleteStream(request -> request.streamName(stream.value())).join();
    await("the deletion of " + stream).until(() -> client
        .describeStreamSummary(request -> request.streamName(stream.value()))
        .handle((_, failure) -> failure != null
            && KinesisFailures.rootOf(failure) instanceof ResourceNotFoundException)
        .join());
  }

  @Override
  public void close() {
    client.close();
    stop.run();
  }
}
