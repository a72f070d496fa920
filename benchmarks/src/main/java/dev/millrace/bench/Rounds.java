package dev.millrace.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Measures subjects in turn, round after round, so that what else the machine does touches all of them alike; the first of
 * the rounds warm up and do not count. Owned by one thread.
 */
final class Rounds {
  /** Does the work once, and answers what came out, in the metric's unit. */
  @FunctionalInterface
  interface Subject {
    double run() throws Exception;
  }

  /** Work that may fail. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  private final String bench;
  private final int warmUps;
  private final int rounds;
  private final Progress progress;

  Rounds(String bench, int warmUps, int rounds, Progress progress) {
    this.bench = bench;
    this.warmUps = warmUps;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** The figures of the subjects, each with its ratio to the peer: the median of the ratios round by round. */
  List<Figure> measure(String metric, String unit, String peer, Map<String, Subject> subjects)
      throws Exception {
    var all = new ArrayList<Measured>();
    subjects.forEach((name, subject) -> all.add(new Measured(name, subject, new double[rounds])));
    for (int round = -warmUps; round < rounds; round++) {
      for (int i = 0; i < all.size(); i++) {
        var measured = all.get(Math.floorMod(i + round, all.size()));
        progress.step(
            bench + " " + metric + ": " + (round < 0 ? "warm-up" : "round " + (round + 1) + " of " + rounds)
                + ", " + measured.name());
        double value = measured.subject().run();
        if (round >= 0)
          measured.values()[round] = value;
      }
    }
    var compared = all.stream().filter(measured -> measured.name().equals(peer)).findFirst().orElseThrow()
        .values();
    return all.stream().map(measured -> {
      var ratios = new double[rounds];
      Arrays.setAll(ratios, round -> measured.values()[round] / compared[round]);
      return new Figure(bench, measured.name(), metric, unit, median(measured.values()), rounds, peer,
          median(ratios));
    }).toList();
  }

  @SuppressWarnings("ArrayRecordComponent") // filled round by round, and never compared
  private record Measured(String name, Subject subject, double[] values) {}

  /** How long the work takes. */
  static double seconds(Work work) throws Exception {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e9;
  }

  static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
