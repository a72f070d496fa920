package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Makes a view anew beside the live one, from the first record of its streams: a new generation with its own table and
 * checkpoints, which nobody sees before it is promoted (design D7).
 *
 * {@snippet :
 * try (var rebuild = Rebuild.of(countryRevenue).log(log).codec(codec).database(database).start()) {
 *   rebuild.awaitCaughtUp(Duration.ofMinutes(10));
 *   if (rebuild.compare().same()) rebuild.promote();
 * }
 * }
 *
 * <p>It feeds its generation until it is closed; whoever keeps the view afterwards runs a {@link Runner} of it.
 */
public final class Rebuild implements AutoCloseable {
  private Rebuild() {}

  /** Starts the settings of a rebuild: {@code log}, {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder();
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private Builder() {}

    public Builder log(EventLog log) {
      return this;
    }

    public Builder codec(EventCodec codec) {
      return this;
    }

    public Builder database(DataSource database) {
      return this;
    }

    public Builder clock(Clock clock) {
      return this;
    }

    /** Makes the new generation and starts to fill it. */
    public Rebuild start() {
      throw new UnsupportedOperationException();
    }
  }

  /** The number of the new generation. */
  public int generation() {
    throw new UnsupportedOperationException();
  }

  /** How the new generation is. */
  public ViewStatus status() {
    throw new UnsupportedOperationException();
  }

  /** Waits until the generation has read all that was in the log when this was called. @throws ViewException TIMED_OUT */
  public void awaitCaughtUp(Duration atMost) {
    throw new UnsupportedOperationException();
  }

  /** Makes the new generation the live one, in one transaction. Readers see the one or the other. */
  public void promote() {
    throw new UnsupportedOperationException();
  }

  /** Makes the generation live again that was before {@link #promote}, in one transaction. */
  public void rollback() {
    throw new UnsupportedOperationException();
  }

  /** Stops filling the new generation; its table stays. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
