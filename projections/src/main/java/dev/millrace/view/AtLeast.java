package dev.millrace.view;

import dev.millrace.log.Receipt;
import dev.millrace.log.WriteToken;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How fresh an answer has to be: no less than these writes, and how long to wait for that.
 *
 * @param tokens of the writes; none where any answer will do
 * @param atMost how long to wait
 */
public record AtLeast(List<WriteToken> tokens, Duration atMost) {
  /** How long an answer is waited for where nothing is said. */
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(2);

  public AtLeast {
    tokens = List.copyOf(tokens);
    if (atMost.isNegative())
      throw new IllegalArgumentException("a wait is not negative: " + atMost);
  }

  /** No less than these events, which the log has taken; waits {@link #DEFAULT_WAIT}. */
  public static AtLeast atLeast(Receipt... receipts) {
    return new AtLeast(Stream.of(receipts).<WriteToken>map(Receipt::token).toList(), DEFAULT_WAIT);
  }

  /** No less than the writes of these tokens; waits {@link #DEFAULT_WAIT}. */
  public static AtLeast atLeast(WriteToken... tokens) {
    return new AtLeast(List.of(tokens), DEFAULT_WAIT);
  }

  /** The same, waited for as long as this; zero asks whether the view is there already. */
  public AtLeast within(Duration atMost) {
    return new AtLeast(tokens, atMost);
  }
}
