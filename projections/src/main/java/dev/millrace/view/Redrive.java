package dev.millrace.view;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which parked records are to be tried again, and how. Immutable.
 *
 * @param which the records; with each its whole queue, as what follows it may go with it
 * @param dryRun whether to find out what would come of it and change nothing
 * @param eventsPerSecond at most so many; as fast as it goes where it is empty
 * @param after where the report before ended, whose {@link Redriven#next} this is; from the beginning where it is empty
 * @param atMost how long to work before a report: the rest is for the next one
 */
public record Redrive(DeadLetters.Filter which, boolean dryRun, OptionalInt eventsPerSecond,
    Optional<String> after,
    Duration atMost) {
  private static final Duration LONG = Duration.ofDays(365);

  public Redrive {
    after = after.filter(cursor -> !cursor.isEmpty());
    if (eventsPerSecond.isPresent() && eventsPerSecond.getAsInt() < 1)
      throw new IllegalArgumentException(
          "a rate of " + eventsPerSecond.getAsInt() + " events/s, not of at least 1");
    if (atMost.compareTo(LONG) > 0)
      throw new IllegalArgumentException("a time of " + atMost + ", which is more than a year");
  }

  /** All that these have, as fast as it goes, to the end. */
  public static Redrive of(DeadLetters.Filter which) {
    return new Redrive(which, false, OptionalInt.empty(), Optional.empty(), LONG);
  }

  /** The same, finding out only. */
  public Redrive asDryRun() {
    return new Redrive(which, true, eventsPerSecond, after, atMost);
  }

  /** The same, no faster. */
  public Redrive atRate(int eventsPerSecond) {
    return new Redrive(which, dryRun, OptionalInt.of(eventsPerSecond), after, atMost);
  }

  /** The same, going on where a report ended. */
  public Redrive after(String next) {
    return new Redrive(which, dryRun, eventsPerSecond, Optional.of(next), atMost);
  }

  /** The same, for no longer than this. */
  public Redrive forAtMost(Duration time) {
    return new Redrive(which, dryRun, eventsPerSecond, after, time);
  }
}
