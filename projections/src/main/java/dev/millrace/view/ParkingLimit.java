package dev.millrace.view;

import java.time.Duration;

/**
 * How much a view may park before it stops: a few bad events are its everyday, but where everything fails it is the view, or
 * what it reads, that is wrong. What the live generation has parked as well is not counted, so that a rebuild may meet the
 * poison of years at once.
 *
 * @param keys the most keys that may come to be parked within the window; a record without a key counts as one
 * @param window how long a parked key counts
 */
public record ParkingLimit(int keys, Duration window) {
  /** A thousand keys within ten minutes. */
  public static final ParkingLimit DEFAULT = new ParkingLimit(1_000, Duration.ofMinutes(10));

  public ParkingLimit {
    if (keys < 1)
      throw new IllegalArgumentException("a limit of " + keys + " parked keys, not of at least 1");
    if (window.isNegative() || window.isZero())
      throw new IllegalArgumentException("a window of " + window + " for parked keys, not of some length");
  }
}
