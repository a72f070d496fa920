package dev.millrace.view;

import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** How fast work may go on: not at all while it is paused, and so many records a second. Safe for use by many threads. */
final class Pace {
  private static final long SECOND = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean stopped;
  private boolean paused;
  private OptionalLong perSecond = OptionalLong.empty();
  private long next = System.nanoTime();

  /** Waits for the turn of so many records; returns at once when all is stopped. */
  void await(int records) {
    lock.lock();
    try {
      for (long left = left(); !stopped && (paused || left > 0); left = left()) {
        if (paused)
          changed.await();
        else
          left = changed.awaitNanos(left);
      }
      if (perSecond.isPresent())
        next = Math.max(next, System.nanoTime()) + records * SECOND / perSecond.getAsLong();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    } finally {
      lock.unlock();
    }
  }

  /** How many records to take at once, so that a throttle is felt within a moment, and a pause. */
  int atOnce() {
    lock.lock();
    try {
      return perSecond.isEmpty()
          ? Integer.MAX_VALUE
          : Math.clamp(perSecond.getAsLong() / 10, 1, Integer.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  private long left() {
    return perSecond.isPresent() ? next - System.nanoTime() : 0;
  }

  boolean isStopped() {
    return ask(() -> stopped);
  }

  boolean isPaused() {
    return ask(() -> paused);
  }

  void pause(boolean now) {
    change(() -> paused = now);
  }

  /** @param records how many a second at most; as many as can be where it is empty */
  void throttle(OptionalLong records) {
    change(() -> {
      perSecond = records;
      next = System.nanoTime();
    });
  }

  void stop() {
    change(() -> stopped = true);
  }

  private boolean ask(BooleanSupplier question) {
    lock.lock();
    try {
      return question.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
