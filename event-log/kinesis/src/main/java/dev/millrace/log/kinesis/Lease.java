package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import java.util.Optional;
import java.util.Set;

/**
 * What a group says of one shard.
 *
 * @param parents the shards that must be finished before this one is read
 * @param firstSequence tells the shard from one of the same name in a stream that was made anew; empty where it was never
 *     listed
 * @param owner the member that has it; it may have gone since
 * @param epoch how often it was taken
 * @param finished whether the checkpoint of a member that had it said that it was read to its end
 */
record Lease(Partition partition, Set<Partition> parents, String firstSequence, Optional<String> owner,
    long epoch, boolean finished) {

  Lease { parents = Set.copyOf(parents); }

  /**
   * A lease that nobody has yet.
   *
   * @param epoch of a shard of this name before; 0 where there was none
   */
  static Lease of(Shard shard, long epoch) {
    return new Lease(shard.partition(), shard.parents(), shard.firstSequence(), Optional.empty(), epoch,
        false);
  }

  /** A lease of a shard that came and went while nobody listed the stream: known by what came of it. */
  static Lease unseen(Partition partition) {
    return new Lease(partition, Set.of(), "", Optional.empty(), 0, false);
  }

  boolean isUnseen() {
    return firstSequence.isEmpty();
  }

  Lease takenBy(String member) {
    return new Lease(partition, parents, firstSequence, Optional.of(member), epoch + 1, finished);
  }

  Lease freed() {
    return new Lease(partition, parents, firstSequence, Optional.empty(), epoch, finished);
  }

  Lease finished(boolean now) {
    return new Lease(partition, parents, firstSequence, owner, epoch, now);
  }
}
