package dev.millrace.log.kinesis;

import dev.millrace.test.Randomized;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * What Kinesis adds to what every log must bear: histories with entries refused, bursts of throttling, responses that are
 * lost, slow responses, iterators that expire, shards that are split and merged, members that come, go and return from the
 * dead. Each history has a seed of its own, the next number after the one before, which also chooses its kind: any ten
 * in a row have each kind.
 */
@EnabledIf(value = "dev.millrace.log.kinesis.TestedService#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(5)
class KinesisHistoriesTest {
  private static final int HISTORIES = Randomized.rounds(10, 200);
  private static final long SEED = Randomized.seed();

  /** They wait more than they work. */
  private static final int AT_ONCE = 4;

  private static KinesisFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KinesisFixture(TestedService.separate());
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void whatever_goes_wrong_nothing_is_lost_and_no_key_is_reordered() {
    try (var threads = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      var runs = LongStream.range(SEED, SEED + HISTORIES)
          .mapToObj(seed -> CompletableFuture.runAsync(() -> run(seed), threads)).toList();
      try {
        runs.forEach(CompletableFuture::join);
      } catch (CompletionException e) {
        runs.forEach(run -> run.cancel(false));
        if (e.getCause() instanceof AssertionError failure)
          throw failure;
        throw e;
      }
    }
  }

  private static void run(long seed) {
    var history = new ServiceHistory(fixture, new Random(seed));
    var kind = Math.floorMod(seed, 10);
    try {
      if (kind == 0)
        history.members_come_and_go_and_one_returns_from_the_dead();
      else if (kind <= 3)
        history.shards_are_split_and_merged_while_they_are_written_and_read();
      else
        history.entries_are_refused_and_answers_lost();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "\n" + Randomized.repeat(seed) + ": its first history is this one", e);
    }
  }
}
