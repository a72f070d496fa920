package dev.millrace.view;

import dev.millrace.log.Cursor;
import java.time.Duration;
import java.time.Instant;

/**
 * How a generation of a view is: of all partitions and all instances, except the state, which is that of this process.
 *
 * @param rows how many rows it has
 * @param events how many events it has applied
 * @param cursor how far it has read
 * @param lag how many records it has not read yet; an upper bound
 * @param freshness how old the newest thing is that the view does not show: zero where nothing is left to read, else the
 *     time since the oldest record that is left was appended; where the log does not tell that for little, as Kafka does not,
 *     since the last applied record was of the partition that lags longest
 * @param parked how many records are parked
 * @param message what is wrong where the state is not RUNNING, else empty
 * @param at when this was found
 */
public record ViewStatus(String view, int generation, long rows, long events, Cursor cursor, long lag,
    Duration freshness, long parked, State state, String message, Instant at) {
  /** Whether a runner does its work. */
  public enum State {
    /** It has been built and not started. */
    NEW,
    /** It reads and writes. */
    RUNNING,
    /** Something outside does not answer; it tries again and again, and skips nothing. */
    RETRYING,
    /** It has stopped for good, on a defect that trying again does not mend. */
    FAILED,
    /** It was stopped. */
    STOPPED
  }

  ViewStatus with(Health health) {
    return new ViewStatus(view, generation, rows, events, cursor, lag, freshness, parked, health.state(),
        health.message(), at);
  }
}
