package dev.millrace.connect;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The thread that an engine runs on, for as long as it does. An engine that is closed before it has begun to poll drops the
 * task that was to poll, and waits for that task for ever (Debezium 3.6.1): it ends as it should once it is interrupted.
 */
final class Reading {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable Thread thread;

  /** Runs the engine on this thread. */
  void run(Runnable engine) {
    enter();
    try {
      engine.run();
    } finally {
      leave();
    }
  }

  private synchronized void enter() {
    thread = Thread.currentThread();
  }

  private synchronized void leave() {
    thread = null;
    Thread.interrupted(); // was meant for the engine
    ended.countDown();
  }

  /** Sees to it that an engine that is closed ends. */
  void end() {
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
        interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interrupt() {
    if (thread != null)
      thread.interrupt();
  }
}
