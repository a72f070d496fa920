package dev.millrace.connect;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The pauses between attempts, which grow, and end at once when the relay is closed. Safe for use by many threads. */
final class Pause {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final int DOUBLINGS = 5;

  private final CountDownLatch closed = new CountDownLatch(1);

  void close() {
    closed.countDown();
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /**
   * Waits before the next attempt.
   *
   * @param failures how many attempts failed in a row
   * @return whether there is to be another: false once it is closed, or the thread is interrupted
   */
  boolean await(int failures) {
    return await(SHORTEST.multipliedBy(1L << Math.clamp(failures - 1L, 0, DOUBLINGS)));
  }

  boolean await(Duration pause) {
    try {
      return !closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
