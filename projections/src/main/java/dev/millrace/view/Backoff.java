package dev.millrace.view;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next try: twice as long each time, up to five seconds, and a little at random. */
final class Backoff {
  private static final long FIRST_MILLIS = 50;
  private static final long MOST_MILLIS = 5_000;

  private long next = FIRST_MILLIS;

  void reset() {
    next = FIRST_MILLIS;
  }

  Duration next() {
    long now = next;
    next = Math.min(MOST_MILLIS, next * 2);
    return Duration.ofMillis(now / 2 + ThreadLocalRandom.current().nextLong(now / 2 + 1));
  }
}
