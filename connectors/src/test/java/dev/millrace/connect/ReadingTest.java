package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

class ReadingTest {
  private final Reading reading = new Reading();

  @Test
  void an_engine_that_waits_for_what_never_comes_ends_and_its_thread_goes_on_uninterrupted()
      throws Exception {
    var waiting = new CountDownLatch(1);
    var afterwards = CompletableFuture.supplyAsync(() -> {
      reading.run(() -> waitForEver(waiting));
      return Thread.currentThread().isInterrupted();
    });
    waiting.await();

    reading.end();

    assertThat(afterwards.get()).as("interrupted").isFalse();
  }

  @Test
  void an_engine_that_has_ended_leaves_its_thread_alone() {
    reading.run(() -> {});

    reading.end();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /** As the engine does, which goes on to its end when it is interrupted. */
  private static void waitForEver(CountDownLatch waiting) {
    waiting.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
