package dev.millrace.log.kinesis;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What Kinesis adds to what every log must bear: histories with entries refused, bursts of throttling, answers that are
 * lost, slow answers, iterators that expire, shards that are split and merged, members that come, go and return from the
 * dead. {@code -Dkinesis.histories=N} says how many, {@code -Dkinesis.seed=S} the seed of the first; the next ones follow it.
 */
@ExtendWith(NeedsKinesis.class)
class KinesisHistoriesTest {
  private static final int HISTORIES = Integer.getInteger("kinesis.histories", 200);
  private static final long SEED = Long.getLong("kinesis.seed",
      ThreadLocalRandom.current().nextLong(1_000_000_000));

  /** They wait more than they work. */
  private static final int AT_ONCE = 4;

  private static KinesisFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KinesisFixture();
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
      throw new AssertionError(e.getMessage() + "\nseed " + seed
          + ": again with -Dkinesis.histories=1 -Dkinesis.seed=" + seed, e);
    }
  }
}
