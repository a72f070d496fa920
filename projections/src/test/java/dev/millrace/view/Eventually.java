package dev.millrace.view;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something to hold. */
final class Eventually {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private Eventually() {}

  static void holds(Runnable assertions) {
    long deadline = System.nanoTime() + AT_MOST.toNanos();
    while (true) {
      try {
        assertions.run();
        return;
      } catch (AssertionError | ViewException e) {
        if (System.nanoTime() > deadline)
          throw e;
        LockSupport.parkNanos(10_000_000);
      }
    }
  }
}
