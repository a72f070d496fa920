package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;

/**
 * A shard as the service lists it.
 *
 * @param parents the shards that it was split from or merged of; those past their retention are not listed any more
 * @param firstHash the first of the hash keys that it holds
 * @param lastHash the last of them
 * @param firstSequence smaller than any sequence number in it
 * @param lastSequence where it is closed: no sequence number in it is larger
 */
record Shard(Partition partition, Set<Partition> parents, BigInteger firstHash, BigInteger lastHash,
    String firstSequence, Optional<String> lastSequence) {

  Shard { parents = Set.copyOf(parents); }

  boolean isOpen() {
    return lastSequence.isEmpty();
  }

  boolean holds(BigInteger hashKey) {
    return firstHash.compareTo(hashKey) <= 0 && hashKey.compareTo(lastHash) <= 0;
  }
}
