package dev.millrace.log.kinesis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Where the pages of all shards that a reader has open arrive. Holds one page of each at most: whoever reads a shard waits
 * until the one before was taken, and so reads no more ahead than that. Safe for use by many threads.
 */
final class Arrivals {
  private final Object lock = new Object();
  private final Queue<Inlet.Arrived> arrived = new ArrayDeque<>();
  private boolean woken;

  /** Where the pages of one shard come in. */
  final class Inlet {
    private boolean full;
    private boolean closed;

    /** A page, and where it came in. */
    private record Arrived(Inlet inlet, Page page) {}

    /**
     * Waits until the page before was taken.
     *
     * @throws CancellationException where the inlet is closed
     */
    void put(Page page) {
      synchronized (lock) {
        try {
          while (full && !closed)
            lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CancellationException("the reading of " + page.partition() + " has ended");
        }
        if (closed)
          throw new CancellationException("the reading of " + page.partition() + " has ended");
        full = true;
        arrived.add(new Arrived(this, page));
        lock.notifyAll();
      }
    }

    /**
     * For those that have nothing to put for long: an interrupt alone does not end them, as the SDK swallows some.
     *
     * @throws CancellationException where the inlet is closed
     */
    void requireOpen() {
      synchronized (lock) {
        if (closed)
          throw new CancellationException("the reading has ended");
      }
    }

    /** Nothing comes in any more, and what came in and was not taken is dropped. */
    void close() {
      synchronized (lock) {
        closed = true;
        arrived.removeIf(one -> one.inlet() == this);
        lock.notifyAll();
      }
    }
  }

  Inlet open() {
    return new Inlet();
  }

  /** Takes pages until there are none or they have this many records; waits for the first, unless woken up. */
  List<Page> take(Duration atMost, int records) {
    var deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lock) {
      while (arrived.isEmpty() && !woken) {
        var left = deadline - System.nanoTime();
        if (left <= 0)
          return List.of();
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return List.of();
        }
      }
      woken = false;
      var taken = new ArrayList<Page>();
      var size = 0;
      while (!arrived.isEmpty() && size < records) {
        var one = arrived.remove();
        one.inlet().full = false;
        taken.add(one.page());
        size += one.page().found().size();
      }
      lock.notifyAll();
      return taken;
    }
  }

  /** Ends the waiting of a take, or of the next one. */
  void wakeup() {
    synchronized (lock) {
      woken = true;
      lock.notifyAll();
    }
  }
}
