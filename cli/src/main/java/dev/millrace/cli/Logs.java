package dev.millrace.cli;

import java.util.Map;

/**
 * How much is logged to standard error: warnings, unless more is asked for. Set as properties, which the logging library reads
 * when the first logger is made: a command that logs nothing does not start it.
 */
final class Logs {
  private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String LOGGER = "org.slf4j.simpleLogger.log.";

  /** What the servers say of their ordinary stops and starts, in words that frighten. */
  private static final Map<String, String> NOISE = Map.of("state.change.logger", "error", "org.apache.kafka",
      "error",
      "kafka", "error", "io.debezium", "error", "io.zonky.test", "error", "io.micronaut.http.server", "off");

  private Logs() {}

  /** @param times how often {@code -v} stands on the command line */
  static void verbosity(int times) {
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", Boolean.toString(times > 0));
    System.setProperty(LEVEL, times > 1 ? "info" : "warn");
    System.setProperty(LOGGER + "dev.millrace", switch (times) {
      case 0 -> "warn";
      case 1 -> "info";
      default -> "debug";
    });
    NOISE.forEach((name, level) -> {
      if (times == 0)
        System.setProperty(LOGGER + name, level);
      else
        System.clearProperty(LOGGER + name);
    });
  }
}
