package dev.millrace.log.tck;

import dev.millrace.test.Randomized;
import java.util.Random;

/** Runs a property on random data. A failure names the options that repeat it. */
final class Seeded {
  /** What must hold, whatever the random numbers are. */
  interface Property {
    void holds(Random random) throws Exception;
  }

  private Seeded() {}

  static void check(Property property) {
    try {
      property.holds(Randomized.random());
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + Randomized.repeat(), e);
    }
  }
}
