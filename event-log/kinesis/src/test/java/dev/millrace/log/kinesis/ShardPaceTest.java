package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardPaceTest {
  private static final long MILLISECOND = ShardPace.SECOND / 1_000;

  private final ShardPace pace = new ShardPace(new Random(1));
  private long now = ShardPace.SECOND;
  private int taken;
  private int refused;

  @Test
  void no_second_has_more_than_a_thousand_records() {
    offerFor(3, 100, Integer.MAX_VALUE);

    assertThat(taken).isEqualTo(3_000);
  }

  @Test
  void no_second_has_more_than_a_mebibyte_and_what_is_larger_takes_its_time() {
    offerFor(4, 100_000, Integer.MAX_VALUE);
    assertThat(taken).as("of 100,000 bytes").isEqualTo(40);

    now += ShardPace.SECOND;
    assertThat(pace.room(now)).isGreaterThan(10 * 1024 * 1024);
    pace.sent(10 * 1024 * 1024, now);

    assertThat(pace.nextRoomAt(1, now)).isEqualTo(now + 10 * ShardPace.SECOND);
  }

  @Test
  void a_shard_that_takes_less_gets_less_and_when_it_takes_all_again_it_gets_all_again() {
    offerFor(10, 100, 400);
    taken = 0;
    refused = 0;
    offerFor(20, 100, 400);
    assertThat(taken / 20).as("records a second of 400 that the shard takes").isBetween(320, 400);
    assertThat(refused).as("refused beside %s", taken).isLessThan(taken / 4);

    offerFor(10, 100, 1_000);
    taken = 0;
    offerFor(5, 100, 1_000);

    assertThat(taken / 5).as("records a second of 1,000 that the shard takes").isGreaterThan(950);
  }

  @Test
  void a_shard_that_takes_nothing_at_all_is_left_alone_for_longer_and_longer() {
    var pauses = new long[7];
    for (var i = 0; i < pauses.length; i++) {
      pace.refused(false, true, now);
      pauses[i] = pace.nextRoomAt(1, now) - now;
      now += pauses[i];
    }

    assertThat(pauses).isSorted();
    assertThat(pauses[0]).isBetween(5 * MILLISECOND, 10 * MILLISECOND);
    assertThat(pauses[6]).isBetween(320 * MILLISECOND, 640 * MILLISECOND);
    pace.passed(now);
    pace.refused(false, true, now);
    assertThat(pace.nextRoomAt(1, now) - now).as("after one that passed").isLessThan(11 * MILLISECOND);
  }

  /** Sends all that there is room for, each millisecond, to a shard that takes so many records a second. */
  private void offerFor(int seconds, int bytes, int capacity) {
    var end = now + seconds * ShardPace.SECOND;
    var allowance = 0.0;
    for (; now < end; now += MILLISECOND) {
      allowance = Math.min(capacity / 10.0, allowance + capacity / 1_000.0);
      var took = 0;
      var sent = 0;
      for (; pace.room(now) >= bytes; sent++) {
        pace.sent(bytes, now);
        if (allowance >= 1) {
          allowance--;
          took++;
        }
      }
      taken += took;
      refused += sent - took;
      if (sent > took)
        pace.refused(true, took == 0, now);
      else if (sent > 0)
        pace.passed(now);
    }
  }
}
