package dev.millrace.streams;

import java.util.Optional;

/**
 * How an app is at this moment.
 *
 * @param state what it does
 * @param restoring how many changelog records are still to be read before its state is whole
 * @param deadLetters how many records went to the dead letters since it started
 * @param failure what it met last, while it is RETRYING or FAILED
 */
public record StreamHealth(State state, long restoring, long deadLetters, Optional<String> failure) {
  /** What an app does. */
  public enum State {
    /** Not started yet. */
    CREATED,
    /** Takes or gives partitions. */
    REBALANCING,
    /** Reads its state back from the changelogs. */
    RESTORING,
    /** Processes. */
    RUNNING,
    /** Something outside did not answer: tries again. */
    RETRYING,
    /** Closed. */
    STOPPED,
    /** Stopped by a failure that trying again does not mend. */
    FAILED
  }

  /** Whether the app is worth leaving alone: restoring and retrying are no reason to restart it. */
  public boolean live() {
    return state != State.FAILED;
  }

  /** Whether it processes. */
  public boolean ready() {
    return state == State.RUNNING;
  }
}
