package dev.millrace.log.kinesis;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.Ledger;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A member that reads into a ledger on a thread of its own, and can be halted as a process is: it leaves nothing in order. */
final class GroupMember implements Ownership {
  private static final Duration POLL = Duration.ofMillis(50);

  private final String name;
  private final Ledger ledger;
  private final Set<Partition> owned = new TreeSet<>();
  private final CompletableFuture<Void> done;
  private volatile boolean leaving;
  private volatile boolean halted;
  private int taken;

  GroupMember(String name, Ledger ledger, EventLog log, StreamName stream) {
    this.name = name;
    this.ledger = ledger;
    this.done = CompletableFuture.runAsync(() -> run(log, stream),
        task -> Thread.ofVirtual().name(name).start(task));
  }

  // A halted member does not close its reader.
  @SuppressWarnings("MustBeClosedChecker")
  private void run(EventLog log, StreamName stream) {
    var reader = log.reader(Set.of(stream), stream + "-group", this);
    try {
      while (!leaving && !halted)
        poll(reader);
    } finally {
      if (!halted)
        reader.close();
    }
  }

  private void poll(LogReader reader) {
    try {
      ledger.commit(name, reader.poll(POLL), Set.of());
    } catch (LogException e) {
      if (e.code() != LogException.Code.UNREACHABLE)
        throw e;
    }
  }

  @Override
  public Cursor assigned(Set<Partition> partitions) {
    synchronized (owned) {
      owned.addAll(partitions);
      taken += partitions.size();
    }
    return ledger.take(name, partitions);
  }

  @Override
  public void revoked(Set<Partition> partitions) {
    synchronized (owned) {
      owned.removeAll(partitions);
    }
    ledger.release(name, partitions);
  }

  Set<Partition> owned() {
    synchronized (owned) {
      return Set.copyOf(owned);
    }
  }

  /** How many shards it was given so far. */
  int taken() {
    synchronized (owned) {
      return taken;
    }
  }

  /** Throws what it met. */
  void check() {
    if (done.isCompletedExceptionally())
      done.join();
  }

  void halt() {
    halted = true;
    done.join();
  }

  void leave() {
    leaving = true;
    done.join();
  }

  /** Waits until a condition holds. Throws what a member met meanwhile. */
  static void await(String what, BooleanSupplier condition, GroupMember... members) {
    Awaitility.await(what).until(() -> {
      for (var member : members)
        member.check();
      return condition.getAsBoolean();
    });
  }
}
