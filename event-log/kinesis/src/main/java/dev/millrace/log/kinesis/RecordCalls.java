package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** GetShardIterator and GetRecords, and what their answers mean. Blocks; safe for use by many threads. */
record RecordCalls(KinesisAsyncClient client, ServiceCalls calls, ShardDirectory directory) {
  /** The most that one call brings. */
  static final int MAX_RECORDS = 10_000;

  /**
   * An iterator for what the reading wants next.
   *
   * @throws LogException EXPIRED where the service does not know that place of the shard any more
   */
  String iterator(ShardReading reading) {
    var start = reading.start();
    try {
      return iterator(reading.partition(), start);
    } catch (LogException e) {
      if (start.sequence().isPresent() && isUnknown(reading.partition(), e))
        return iterator(reading.partition(), reading.startWithout(e));
      throw e;
    }
  }

  /** Whether the stream is there, and it is the place that the service does not know. */
  private boolean isUnknown(Partition partition, LogException e) {
    return e.getCause() instanceof InvalidArgumentException
        || (e.getCause() instanceof ResourceNotFoundException
            && !directory.refresh(partition.stream()).isEmpty());
  }

  String iterator(Partition partition, StartingPoint start) {
    return iterator(partition, request -> request.shardIteratorType(start.type())
        .startingSequenceNumber(start.sequence().orElse(null)));
  }

  /** An iterator for what was appended at this time or later; empty where the service finds that this is still to come. */
  Optional<String> iterator(Partition partition, Instant time) {
    try {
      return Optional.of(
          iterator(partition,
              request -> request.shardIteratorType(ShardIteratorType.AT_TIMESTAMP).timestamp(time)));
    } catch (LogException e) {
      if (e.getCause() instanceof InvalidArgumentException)
        return Optional.empty();
      throw e;
    }
  }

  private String iterator(Partition partition,
      java.util.function.Consumer<GetShardIteratorRequest.Builder> where) {
    return calls.get("opening " + partition, () -> client.getShardIterator(request -> where
        .accept(request.streamName(directory.serviceName(partition.stream())).shardId(partition.id()))))
        .shardIterator();
  }

  /** Empty where the iterator was left for longer than the five minutes for which it holds. */
  Optional<GetRecordsResponse> records(Partition partition, String iterator, int limit) {
    try {
      return Optional.of(calls.get("reading " + partition,
          () -> client.getRecords(request -> request.shardIterator(iterator).limit(limit))));
    } catch (LogException e) {
      if (e.getCause() instanceof ExpiredIteratorException)
        return Optional.empty();
      throw e;
    }
  }

  /**
   * Whether nothing follows in the shard, for now or at all. An answer as long as it may be says nothing of that: what
   * follows may be of the same millisecond.
   *
   * @param limit how many records the answer may bring
   */
  static boolean isCaughtUp(GetRecordsResponse answer, int limit) {
    var behind = answer.millisBehindLatest();
    return answer.nextShardIterator() == null
        || (answer.records().size() < limit && behind != null && behind == 0);
  }

  static boolean isCaughtUp(GetRecordsResponse answer) {
    return isCaughtUp(answer, MAX_RECORDS);
  }
}
