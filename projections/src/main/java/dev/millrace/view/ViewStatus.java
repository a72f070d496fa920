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
 *     since the last applied record was of the partition that lags longest, or since this process last saw that nothing was left
 *     to read of it, whichever is later: an upper bound
 * @param eventFreshness the same by the times at which events happened, which their envelopes say: zero where nothing is left to
 *     read, else the time since the last applied event happened of the partition that lags longest, or since nothing was left of it
 * @param parked how many records are parked
 * @param message what is wrong where the state is not RUNNING, else empty
 * @param at when this was found
 */
public record ViewStatus(String view, int generation, long rows, long events, Cursor cursor, long lag,
    Duration freshness, Duration eventFreshness, long parked, State state, String message, Instant at) {
  /** Whether a runner does its work. */
  public enum State {
    /** It has been built and not started, or its view cannot be read yet. */
    NEW,
    /** It reads and writes. */
    RUNNING,
    /** Something outside does not answer; it tries again and again, and skips nothing. */
    RETRYING,
    /** It has stopped for good, on a defect that trying again does not mend. */
    FAILED,
    /** Another definition of the projection made what is live; it is served as it is until the view is rebuilt. */
    REBUILD_NEEDED,
    /** It was stopped. */
    STOPPED
  }

  ViewStatus with(Health health) {
    return new ViewStatus(view, generation, rows, events, cursor, lag, freshness, eventFreshness, parked,
        health.state(),
        health.message(), at);
  }
}
