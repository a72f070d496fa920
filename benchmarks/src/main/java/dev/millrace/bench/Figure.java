package dev.millrace.bench;

import java.util.Locale;

/**
 * What a subject came to.
 *
 * @param metric such as {@code encode} or {@code throughput}
 * @param unit such as {@code ns/op} or {@code events/s}
 * @param value the median of the runs
 * @param runs how many runs there were
 * @param peer the subject that this one is compared with; itself where it is the peer
 * @param ratioToPeer this value divided by the peer's of the same runs: in {@code events/s} more is better, in times less
 */
record Figure(String bench, String subject, String metric, String unit, double value, int runs, String peer,
    double ratioToPeer) {

  /** The value with as many digits as mean something. */
  String text() {
    return value >= 1_000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
