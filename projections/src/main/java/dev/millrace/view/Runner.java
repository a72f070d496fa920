package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import java.time.Clock;
import javax.sql.DataSource;

/**
 * Keeps one generation of a view: reads the projection's streams, folds the events, and writes rows, checkpoint and parked
 * records in one transaction. One thread of its own, from {@link #start} to {@link #close}; it holds one connection of the
 * database meanwhile.
 *
 * <p>Runners of one view in several processes share the partitions between them. Each event changes the view once: the
 * database refuses the transaction of a runner that has lost a partition without knowing it (design P3, D5).
 *
 * <p>What cannot be decoded or folded is parked with those that follow it under its key; other keys go on. What is outside
 * and does not answer is tried again for ever. What is a defect stops the runner. {@link #health} says so.
 */
public final class Runner implements AutoCloseable {
  private final Builder settings;

  private Runner(Builder settings) {
    this.settings = settings;
  }

  /** Starts the settings of a runner: {@code log}, {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder(projection);
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private final Projection<?> projection;

    private Builder(Projection<?> projection) {
      this.projection = projection;
    }

    /** Where the events are. Not closed by the runner. */
    public Builder log(EventLog log) {
      return this;
    }

    /** Reads the events. */
    public Builder codec(EventCodec codec) {
      return this;
    }

    /** Where the view is. Not closed by the runner. */
    public Builder database(DataSource database) {
      return this;
    }

    /** What tells the time; the system's UTC clock where nothing is said. */
    public Builder clock(Clock clock) {
      return this;
    }

    /** Which generation to keep; the live one where nothing is said. */
    public Builder generation(int generation) {
      return this;
    }

    public Runner build() {
      return new Runner(this);
    }
  }

  /** The projection whose view this keeps. */
  public Projection<?> projection() {
    return settings.projection;
  }

  /**
   * Starts the thread and answers at once. Tables that are missing are made on that thread, as soon as the database is
   * there.
   */
  public Runner start() {
    throw new UnsupportedOperationException();
  }

  /** How this runner is. Asks nobody. */
  public Health health() {
    throw new UnsupportedOperationException();
  }

  /**
   * How the generation is. Asks the database and the log; where one of them does not answer, the last answer stands, with
   * its time and what is wrong.
   */
  public ViewStatus status() {
    throw new UnsupportedOperationException();
  }

  /** Finishes the batch in hand, and stops. Nothing is lost: the next runner goes on at the checkpoint. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
