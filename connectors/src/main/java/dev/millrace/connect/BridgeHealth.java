package dev.millrace.connect;

import java.util.Optional;

import dev.millrace.log.Cursor;

/**
 * How a bridge fares.
 *
 * @param carried the records that it brought over since it was started
 * @param dropped the records that it met a second time since then, and did not bring over again
 * @param cursor how far the stream is carried over; the start until the bridge has asked
 * @param lastError why it last stopped carrying, and what to do; empty where it never did
 */
public record BridgeHealth(State state, long carried, long dropped, Cursor cursor,
    Optional<String> lastError) {
  /** What a bridge does. */
  public enum State {
    /** It asks both logs where to go on. */
    STARTING,
    /** It carries records over, or waits for the next. */
    CARRYING,
    /** It met {@code lastError} and tries again; nothing is lost meanwhile. */
    RETRYING,
    /** It met {@code lastError}, which trying again would not mend. */
    FAILED,
    /** It was closed. */
    CLOSED
  }
}
