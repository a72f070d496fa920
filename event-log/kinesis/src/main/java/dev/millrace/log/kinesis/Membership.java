package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a group. A thread of its own gives the signs of life, so that what the reader's thread does with its records
 * may take longer than a lease. It gives none where that thread has not polled for ten leases: then the others take over.
 *
 * <p>Safe for use by many threads: the reader's calls all but the thread's own {@link #run}.
 */
final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  /** How many leases long the reader's thread may be busy with what it has polled. */
  private static final int BUSY_LEASES = 10;
  private static final int BEATS = 5;
  /** How much more often it looks while shards are on their way from one member to another. */
  private static final int HASTE = 4;

  private final String id = UUID.randomUUID().toString();
  private final String group;
  private final Set<StreamName> streams;
  private final Leases leases;
  private final ShardWatch watch;
  private final Duration lease;
  private final Runnable changed;
  private final Runnable abandoned;
  private final Thread thread;

  private final Object lock = new Object();
  private final Map<Partition, Long> released = new HashMap<>();
  private final Map<Partition, Long> finished = new HashMap<>();
  private Share share = Share.none();
  private @Nullable LogException failure;
  private boolean polling;
  private boolean hurry;
  private boolean closed;
  private long polledAt = System.nanoTime();
  private long aliveUntil;

  /**
   * Joins.
   *
   * @param watch owned by this from now on
   * @param changed told when the share is another
   * @param abandoned told when this has left, and was the last
   * @throws LogException where the database does not answer
   */
  Membership(String group, Set<StreamName> streams, Leases leases, ShardWatch watch, Duration lease,
      Runnable changed, Runnable abandoned) {
    this.group = group;
    this.streams = Set.copyOf(streams);
    this.leases = leases;
    this.watch = watch;
    this.lease = lease;
    this.changed = changed;
    this.abandoned = abandoned;
    turn(this::beat);
    var failed = failure;
    if (failed != null)
      throw failed;
    thread = Thread.ofVirtual().name("group " + group).start(this::run);
  }

  private void run() {
    try {
      while (await())
        turn(isBusyTooLong() ? this::pauseMembership : this::beat);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever fails, an error included, is told to who polls; the next turn comes all the same. */
  private void turn(Runnable what) {
    try {
      what.run();
    } catch (LogException e) {
      failed(e);
    } catch (RuntimeException | Error e) {
      failed(new LogException(Code.INTERNAL, "defect in the group '" + group + "': " + e, e));
    }
  }

  /** Waits for the next beat. False where there is none. */
  private boolean await() throws InterruptedException {
    synchronized (lock) {
      var pause = lease.dividedBy(share.settled() ? BEATS : BEATS * HASTE);
      var until = System.nanoTime() + pause.toNanos();
      while (!closed && !hurry) {
        var left = until - System.nanoTime();
        if (left <= 0)
          break;
        TimeUnit.NANOSECONDS.timedWait(lock, left);
      }
      hurry = false;
      return !closed;
    }
  }

  private boolean isBusyTooLong() {
    synchronized (lock) {
      return !polling && System.nanoTime() - polledAt > lease.multipliedBy(BUSY_LEASES).toNanos();
    }
  }

  /** Goes, to come again at the next poll. */
  private void pauseMembership() {
    synchronized (lock) {
      if (share.equals(Share.none()))
        return;
      share = Share.none();
      released.clear();
      finished.clear();
    }
    LOG.warn("a member of the group '{}' has not polled for {}: its shards go to the others", group,
        lease.multipliedBy(BUSY_LEASES));
    var _ = leave();
  }

  private void beat() {
    var begun = System.nanoTime();
    watch.hasChanged();
    var said = said();
    heard(said, leases.beat(id, streams, watch.known(), said), begun);
  }

  private Leases.Said said() {
    synchronized (lock) {
      return new Leases.Said(released, finished);
    }
  }

  private void heard(Leases.Said said, Share answer, long begun) {
    synchronized (lock) {
      said.released().forEach(released::remove);
      said.finished().forEach(finished::remove);
      failure = null;
      aliveUntil = begun + lease.toNanos();
      if (answer.equals(share))
        return;
      share = answer;
    }
    changed.run();
  }

  private void failed(LogException e) {
    LOG.debug("the group '{}' did not hear of its member {}", group, id, e);
    synchronized (lock) {
      failure = e;
    }
    changed.run();
  }

  /** What is this member's now, without what it gave back or finished. Empty when its lease has run out. */
  Share share() {
    synchronized (lock) {
      if (System.nanoTime() - aliveUntil >= 0)
        return Share.none();
      var mine = share.mine().entrySet().stream()
          .filter(entry -> !entry.getValue().equals(released.get(entry.getKey()))
              && !entry.getValue().equals(finished.get(entry.getKey())))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
      return new Share(mine, share.parents(), share.wantedBack(), share.settled(), share.unseen());
    }
  }

  /** Why this is no member for now, where that is so; told once for each time it was tried. */
  Optional<LogException> failure() {
    synchronized (lock) {
      var told = failure;
      if (told == null || (System.nanoTime() - aliveUntil < 0 && told.code() == Code.UNREACHABLE))
        return Optional.empty();
      failure = null;
      return Optional.of(told);
    }
  }

  /** Whether the reader's thread is within a poll. */
  void polling(boolean now) {
    synchronized (lock) {
      polling = now;
      polledAt = System.nanoTime();
      if (now && share.equals(Share.none()))
        hurry();
    }
  }

  /** The shard was revoked: another may have it. */
  void release(Partition partition, long epoch) {
    synchronized (lock) {
      released.put(partition, epoch);
      hurry();
    }
  }

  /** The checkpoint says that the shard was read to its end: those that came of it may be read. */
  void finish(Partition partition, long epoch) {
    synchronized (lock) {
      finished.put(partition, epoch);
      hurry();
    }
  }

  private void hurry() {
    hurry = true;
    lock.notifyAll();
  }

  /** Leaves, so that the others need not wait for the lease to run out. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed)
        return;
      closed = true;
      lock.notifyAll();
    }
    try {
      if (thread.join(lease) && leave())
        abandoned.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean leave() {
    try {
      return leases.leave(id);
    } catch (LogException e) {
      LOG.debug("the group '{}' has to find out by itself that its member {} is gone", group, id, e);
      return false;
    }
  }
}
