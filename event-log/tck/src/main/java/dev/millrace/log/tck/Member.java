package dev.millrace.log.tck;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A member of a group on a thread of its own, which reads into the ledger until it is told to leave. Now and then it
 * commits a batch only after the next poll, when some of its partitions may be another's.
 */
public final class Member implements Ownership {
  private static final Duration POLL = Duration.ofMillis(50);

  private final String name;
  private final Ledger ledger;
  private final Set<Partition> lost = new HashSet<>();
  private final CompletableFuture<Void> done;
  private volatile boolean leaving;

  private Member(String name, Ledger ledger, EventLog log, StreamName stream, String group, Random random) {
    this.name = name;
    this.ledger = ledger;
    this.done = CompletableFuture.runAsync(() -> run(log, stream, group, random),
        task -> Thread.ofVirtual().name(name).start(task));
  }

  public static Member join(String name, Ledger ledger, EventLog log, StreamName stream, String group,
      long seed) {
    return new Member(name, ledger, log, stream, group, new Random(seed));
  }

  private void run(EventLog log, StreamName stream, String group, Random random) {
    try (var reader = log.reader(Set.of(stream), group, this)) {
      while (!leaving) {
        var batch = reader.poll(POLL);
        // What was lost within the poll was lost before its records were read.
        lost.clear();
        var next = random.nextInt(3) == 0 ? reader.poll(POLL) : Batch.empty();
        ledger.commit(name, batch, lost);
        ledger.commit(name, next, Set.of());
      }
    }
  }

  @Override
  public Cursor assigned(Set<Partition> partitions) {
    return ledger.take(name, partitions);
  }

  @Override
  public void revoked(Set<Partition> partitions) {
    lost.addAll(partitions);
    ledger.release(name, partitions);
  }

  /** Leaves, and throws what it met. */
  public void leave() {
    leaving = true;
    done.join();
  }

  /** Lets all of them leave, and throws what one of them met. None stays, even if one of them has failed. */
  public static void leaveAll(Collection<Member> members) {
    members.forEach(member -> member.leaving = true);
    members.forEach(Member::leave);
  }

  /**
   * Waits until a condition holds, and throws what a member met meanwhile.
   *
   * @throws AssertionError if the condition never holds; its message has the ledger
   */
  public static void await(String what, Ledger ledger, Collection<Member> members,
      BooleanSupplier condition) {
    try {
      Awaitility.await(what).until(() -> {
        members.forEach(Member::check);
        return condition.getAsBoolean();
      });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("waiting for " + what + ": " + ledger, e);
    }
  }

  /** Throws what it met. */
  public void check() {
    if (done.isCompletedExceptionally())
      done.join();
  }
}
