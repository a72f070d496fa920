package dev.millrace.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command that runs until it is told to stop put its things away first. On INT or TERM the process does not end before
 * this is closed, and then with 128 and the signal's number, as shells expect it.
 */
final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private StopSignal() {}

  static StopSignal install() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(signal::holdUp));
    return signal;
  }

  /** How long this process has been there. */
  static Duration sinceStart() {
    return ProcessHandle.current().info().startInstant().map(start -> Duration.between(start, Instant.now()))
        .orElse(Duration.ZERO);
  }

  /** Waits until the process is told to stop, or for so long; whether it was. */
  boolean await(Duration atMost) throws InterruptedException {
    return asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** All is put away: the process may end. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void holdUp() {
    asked.countDown();
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("millrace: not stopped after " + PATIENCE_SECONDS + " s: ending all the same");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
