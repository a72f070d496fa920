package dev.millrace.log.kinesis;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group. The leases in the database say which shards it may read; where it starts in one, and whether one is
 * done with, is what {@link Ownership#assigned} answers. So when the end of a shard was polled, the owner is asked for it
 * once more, at the next poll; where its checkpoint is not there yet, the shard is read again from where it is.
 *
 * <p>A shard goes from one member to another in turn: the one hears that it is revoked before the other may take it. Who
 * cannot reach the database for a lease has lost what it had.
 */
final class KinesisGroupReader implements LogReader {
  private final Ownership ownership;
  private final ShardDirectory directory;
  private final OpenShards open;
  private final Membership membership;
  /** What the owner has, with the epoch of each lease. */
  private final Map<Partition, Long> owned = new HashMap<>();
  /** What is this member's, but the owner has not yet said where to start. */
  private final Map<Partition, Long> unclaimed = new HashMap<>();
  private Map<Partition, Set<Partition>> parents = Map.of();
  private Set<Partition> unseen = Set.of();
  private final AtomicBoolean woken = new AtomicBoolean();
  private @Nullable RuntimeException failure;

  KinesisGroupReader(Ownership ownership, ShardDirectory directory, OpenShards open, Membership membership) {
    this.ownership = ownership;
    this.directory = directory;
    this.open = open;
    this.membership = membership;
  }

  @Override
  public Batch poll(Duration atMost) {
    membership.polling(true);
    try {
      return polled(System.nanoTime() + atMost.toNanos());
    } finally {
      membership.polling(false);
    }
  }

  /** The membership wakes up the waiting as well, when its share is another: then the poll goes on. */
  private Batch polled(long deadline) {
    while (true) {
      giveUp();
      askAgain();
      claim();
      throwFailure();
      var left = woken.get() ? 0 : Math.max(0, deadline - System.nanoTime());
      var batch = open.poll(Duration.ofNanos(left));
      if (!batch.isEmpty() || left == 0 || Thread.currentThread().isInterrupted()) {
        if (batch.isEmpty())
          woken.set(false);
        return batch;
      }
    }
  }

  /** Hears what is this member's, and lets go of what is not, or is not to be. */
  private void giveUp() {
    var share = membership.share();
    parents = share.parents();
    unseen = share.unseen();
    var lost = new HashSet<Partition>();
    owned.forEach((partition, epoch) -> {
      if (!epoch.equals(share.mine().get(partition)) || share.wantedBack().contains(partition))
        lost.add(partition);
    });
    unclaimed.entrySet().removeIf(entry -> !entry.getValue().equals(share.mine().get(entry.getKey())));
    revoke(lost);
    share.mine().forEach((partition, epoch) -> {
      if (share.wantedBack().contains(partition)) {
        unclaimed.remove(partition);
        membership.release(partition, epoch);
      } else if (!owned.containsKey(partition))
        unclaimed.put(partition, epoch);
    });
    membership.failure().ifPresent(e -> failure = e);
  }

  private void revoke(Set<Partition> partitions) {
    if (partitions.isEmpty())
      return;
    open.close(partitions);
    owned.keySet().removeAll(partitions);
    tellRevoked(partitions);
  }

  private void tellRevoked(Set<Partition> partitions) {
    try {
      ownership.revoked(Set.copyOf(partitions));
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** What was polled to its end may be committed by now: only the owner knows. */
  private void askAgain() {
    var ended = new HashMap<Partition, Long>();
    open.ended().forEach(partition -> ended.put(partition, owned.getOrDefault(partition, 0L)));
    revoke(ended.keySet());
    unclaimed.putAll(ended);
  }

  /** Asks the owner where to go on. Where it cannot say, as its database is away, the next poll asks it again. */
  private void claim() {
    if (unclaimed.isEmpty())
      return;
    var claimed = Map.copyOf(unclaimed);
    try {
      var start = ownership.assigned(claimed.keySet());
      claimed.forEach((partition, epoch) -> tryToBegin(partition, epoch, start));
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void tryToBegin(Partition partition, long epoch, Cursor start) {
    try {
      begin(partition, epoch, start);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void begin(Partition partition, long epoch, Cursor start) {
    var place = start.position(partition).map(position -> StartingPoint.place(partition, position));
    var shard = directory.shard(partition);
    if (place.isEmpty() && shard.isEmpty() && unseen.contains(partition))
      throw StartingPoint.unseen(partition,
          "what is left of it came later, and nothing was read of that either");
    if (place.isEmpty())
      requireBeginning(partition);
    if (place.filter(Place::isEnd).isPresent() || (shard.isEmpty() && place.isEmpty())) {
      unclaimed.remove(partition);
      membership.finish(partition, epoch);
      tellRevoked(Set.of(partition));
      return;
    }
    open.open(shard.orElseThrow(() -> gone(partition, place.orElseThrow())), start);
    unclaimed.remove(partition);
    owned.put(partition, epoch);
  }

  /**
   * A shard in which the owner has no place is read from the oldest record that is kept. That is its first one as long as a
   * shard that it came of is listed. Else the owner is asked whether it has read one of these to its end: then it means to go
   * on with the first.
   */
  private void requireBeginning(Partition partition) {
    var came = parents.getOrDefault(partition, Set.of());
    if (came.isEmpty() || came.stream().anyMatch(parent -> directory.shard(parent).isPresent()))
      return;
    var read = ownership.assigned(came);
    tellRevoked(came);
    for (var parent : came)
      StartingPoint.requireBeginning(partition, parent, read);
  }

  private static LogException gone(Partition partition, Place place) {
    return StartingPoint.expired(partition, place, "the stream has no such shard any more");
  }

  private void throwFailure() {
    var thrown = failure;
    failure = null;
    if (thrown != null)
      throw thrown;
  }

  @Override
  public Cursor cursor() {
    return open.cursor();
  }

  @Override
  public void wakeup() {
    woken.set(true);
    open.wakeup();
  }

  /** Leaves the group; the owner hears that its shards are revoked. */
  @Override
  public void close() {
    open.close();
    var mine = Set.copyOf(owned.keySet());
    owned.clear();
    try {
      if (!mine.isEmpty())
        ownership.revoked(mine);
    } finally {
      membership.close();
    }
  }
}
