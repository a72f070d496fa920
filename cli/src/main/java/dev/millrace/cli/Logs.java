package dev.millrace.cli;

/**
 * How much is logged to standard error: warnings, unless more is asked for. Kept in a property, so that a command which logs
 * nothing does not start the logging library either.
 */
final class Logs {
  static final String VERBOSITY = "millrace.verbosity";

  private Logs() {}

  /** @param times how often {@code -v} stands on the command line */
  static void verbosity(int times) {
    System.setProperty(VERBOSITY, Integer.toString(times));
  }
}
