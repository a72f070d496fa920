package dev.millrace.log.kinesis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Questions to the service that are asked again while it cannot answer, as the SDK does not try again by itself. Blocks; safe
 * for use by many threads.
 */
record ServiceCalls(KinesisFailures failures, Duration patience) {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  ServiceCalls(KinesisFailures failures) {
    this(failures, failures.config().requestTimeout());
  }

  /**
   * The answer.
   *
   * @param doing what the question is for, naming stream and shard
   * @throws dev.millrace.log.LogException UNREACHABLE where there was none for as long as a request may take
   */
  <T> T get(String doing, Supplier<CompletableFuture<T>> question) {
    var deadline = System.nanoTime() + patience.toNanos();
    for (var pause = FIRST_PAUSE_MILLIS;; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      try {
        return once(question);
      } catch (ExecutionException e) {
        if (!KinesisFailures.isPassing(e) || System.nanoTime() > deadline)
          throw failures.of(doing, e);
        pause(doing, Duration.ofMillis(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1)));
      } catch (InterruptedException e) {
        throw interrupted(doing, e);
      }
    }
  }

  private static <T> T once(Supplier<CompletableFuture<T>> question)
      throws ExecutionException, InterruptedException {
    var answer = question.get();
    try {
      return answer.get();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  /** Waits before the next question. */
  void pause(String doing, Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted(doing, e);
    }
  }

  private RuntimeException interrupted(String doing, InterruptedException e) {
    Thread.currentThread().interrupt();
    return failures.of(doing, e);
  }
}
