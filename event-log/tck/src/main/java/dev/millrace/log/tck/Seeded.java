package dev.millrace.log.tck;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** Runs a property on random data. A failure says the seed, which the system property {@value #SEED} gives again. */
final class Seeded {
  static final String SEED = "millrace.tck.seed";

  /** What must hold, whatever the random numbers are. */
  interface Property {
    void holds(Random random) throws Exception;
  }

  private Seeded() {}

  static void check(Property property) {
    long seed = Long.getLong(SEED, ThreadLocalRandom.current().nextLong());
    try {
      property.holds(new Random(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nseed " + seed + ": again with -D" + SEED + "=" + seed, e);
    }
  }
}
