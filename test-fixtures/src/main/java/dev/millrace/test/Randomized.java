package dev.millrace.test;

import java.util.Random;

/**
 * The size and the seed of the randomized tests.
 *
 * <p>By default each suite runs at its reduced size and from a fixed seed, so that every build tests the same. With
 * {@code -Plong} it runs at full size and from a fresh seed, which is printed. Two system properties override both, for
 * every suite alike: {@code -Dmillrace.test.rounds=N} and {@code -Dmillrace.test.seed=S}.
 */
public final class Randomized {
  private static final String ROUNDS = "millrace.test.rounds";
  private static final String SEED = "millrace.test.seed";
  private static final boolean FULL_SIZE = "full".equals(System.getProperty("millrace.test.size"));
  private static final long FIXED_SEED = 20261130;

  private Randomized() {}

  /**
   * Returns how many rounds a suite runs. What a round is, a history, a pair of schemas or a killed process, is up to
   * the suite.
   *
   * @param reduced the number by default
   * @param full the number with {@code -Plong}
   */
  public static int rounds(int reduced, int full) {
    return Integer.getInteger(ROUNDS, FULL_SIZE ? full : reduced);
  }

  /** Returns how many rounds a suite runs that is quick enough to have one size. */
  public static int rounds(int always) {
    return rounds(always, always);
  }

  /** Returns the seed, which is the same for all suites of a JVM. */
  public static long seed() {
    return Seed.VALUE;
  }

  /** Returns a generator of random numbers that starts from the seed. */
  public static Random random() {
    return new Random(seed());
  }

  /** Returns the options that repeat what fails, for the message of a failure. */
  public static String repeat() {
    return repeat(seed());
  }

  /** Returns the options that repeat what fails with a seed of its own. */
  public static String repeat(long seed) {
    var rounds = System.getProperty(ROUNDS);
    return "repeat with -D" + SEED + "=" + seed + (rounds == null ? "" : " -D" + ROUNDS + "=" + rounds)
        + (FULL_SIZE ? " -Plong" : "");
  }

  private static final class Seed {
    static final long VALUE = Long.getLong(SEED, FULL_SIZE ? fresh() : FIXED_SEED);

    private static long fresh() {
      long seed = System.currentTimeMillis();
      Console.println("Randomized tests start from a fresh seed: repeat with -D" + SEED + "=" + seed);
      return seed;
    }
  }
}
