package dev.millrace.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads times as people write them: {@code 500ms}, {@code 5s}, {@code 2m}. */
final class TimeText {
  private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m)");

  private TimeText() {}

  /** Empty where it is none. */
  static Optional<Duration> read(String text) {
    var time = TIME.matcher(text);
    if (!time.matches())
      return Optional.empty();
    long amount = Long.parseLong(time.group(1));
    return Optional.of(switch (time.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    });
  }
}
