package dev.millrace.connect;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a relay fares.
 *
 * @param waiting the rows in the outbox that are not in the log yet, as of at most a second or two ago; empty where the
 *     database did not say
 * @param relayed the entries that this relay brought to the log since it was started
 * @param lastError why it last stopped relaying, and what to do; empty where it never did
 */
public record RelayHealth(State state, OptionalLong waiting, long relayed, Optional<String> lastError) {
  /** What a relay does. */
  public enum State {
    /** It connects, or brings over the rows that were there before its replication slot. */
    STARTING,
    /** It reads the changes as they are committed. */
    RELAYING,
    /** It met {@code lastError} and tries again; nothing is lost meanwhile. */
    RETRYING,
    /** It was closed. */
    CLOSED
  }
}
