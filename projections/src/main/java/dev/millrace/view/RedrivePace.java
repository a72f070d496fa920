package dev.millrace.view;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/** How fast records are redriven, and until when. Owned by one thread. */
final class RedrivePace {
  private static final long SECOND = 1_000_000_000;

  private final OptionalInt perSecond;
  private final long end;
  private long free = System.nanoTime();

  RedrivePace(OptionalInt perSecond, Duration atMost) {
    this.perSecond = perSecond;
    this.end = System.nanoTime() + atMost.toNanos();
  }

  /** How many records to take at once, so that none of them waits for long behind the others. */
  int atOnce(int most) {
    return perSecond.isEmpty() ? most : Math.clamp(perSecond.getAsInt() / 4, 1, most);
  }

  /** Waits until the next records may go; false where time is up, or the thread was interrupted. */
  boolean next() {
    while (System.nanoTime() - free < 0) {
      if (isOver())
        return false;
      LockSupport.parkNanos(Math.min(free, end) - System.nanoTime());
    }
    return !isOver();
  }

  private boolean isOver() {
    return System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted();
  }

  void took(int records) {
    if (perSecond.isPresent())
      free = Math.max(free, System.nanoTime()) + records * SECOND / perSecond.getAsInt();
  }
}
