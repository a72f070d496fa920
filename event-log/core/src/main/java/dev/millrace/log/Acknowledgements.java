package dev.millrace.log;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers of their receipts, in order, on a virtual thread that runs while there are any to tell. So a caller's
 * callback that blocks holds up other callbacks, but not the threads that talk to the log. For the writers of adapters.
 */
public final class Acknowledgements {
  private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Thread teller;

  /** Safe for use by many threads; never blocks. */
  public void add(Runnable acknowledgement) {
    queue.add(acknowledgement);
    if (waiting.getAndIncrement() == 0)
      Thread.ofVirtual().name("millrace-acknowledgements").start(this::tell);
  }

  /** Waits until all that was added before has been told. */
  public void await() {
    var told = new CompletableFuture<Void>();
    add(() -> told.complete(null));
    told.join();
  }

  /** Whether it is this thread that tells: it would wait for itself. */
  public boolean isTeller(Thread thread) {
    return thread.equals(teller);
  }

  private void tell() {
    teller = Thread.currentThread();
    int told;
    do {
      told = 0;
      for (var next = queue.poll(); next != null; next = queue.poll()) {
        next.run();
        told++;
      }
    } while (waiting.addAndGet(-told) != 0);
  }
}
