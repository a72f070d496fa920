package dev.millrace.log.kinesis;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * One call of PutRecords. No two of its records have a key in common, as the service may refuse any one of them and take
 * another; none has one in common with another call in flight.
 */
record PutCall(List<Item> items) {
  PutCall { items = List.copyOf(items); }

  /**
   * One record of a call.
   *
   * @param lane where it is predicted to go
   * @param entries what is in it, in order; several of one key only where it is an aggregate
   * @param hashKey the explicit one of an aggregate
   */
  record Item(ShardLane lane, List<Outgoing> entries, String partitionKey, Optional<BigInteger> hashKey,
      SdkBytes data) {
    Item { entries = List.copyOf(entries); }

    static Item of(ShardLane lane, Outgoing entry) {
      return new Item(lane, List.of(entry), entry.partitionKey(), Optional.empty(),
          SdkBytes.fromByteArrayUnsafe(entry.data()));
    }

    /** An aggregate; its hash key is its first entry's. The shard of the lane holds all of theirs. */
    static Item of(ShardLane lane, KplAggregation aggregation) {
      var entries = aggregation.entries();
      if (entries.size() == 1)
        return of(lane, entries.getFirst());
      return new Item(lane, entries, KplAggregation.PARTITION_KEY, Optional.of(entries.getFirst().hashKey()),
          SdkBytes.fromByteArrayUnsafe(aggregation.toByteArray()));
    }

    boolean isAggregate() {
      return hashKey.isPresent();
    }

    /** What the service counts of it: data and partition key. */
    int bytes() {
      return isAggregate()
          ? data.asByteArrayUnsafe().length + KplAggregation.PARTITION_KEY.length()
          : entries.getFirst().bytes();
    }

    PutRecordsRequestEntry request() {
      var entry = PutRecordsRequestEntry.builder().partitionKey(partitionKey).data(data);
      hashKey.ifPresent(hash -> entry.explicitHashKey(hash.toString()));
      return entry.build();
    }
  }
}
