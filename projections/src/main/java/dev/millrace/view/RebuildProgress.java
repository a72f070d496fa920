package dev.millrace.view;

import java.util.OptionalLong;

/**
 * How far a rebuild is.
 *
 * @param phase what it is at
 * @param records how many records were read and folded, in the phases before {@link Phase#FOLLOWING}
 * @param total how many there were in the log at the start, an upper bound; empty where the log does not know
 * @param inOrder why the view is filled a batch at a time, in the events' order, and not folded at once; empty where it is not
 */
public record RebuildProgress(Phase phase, long records, OptionalLong total, String inOrder) {
  /** What a rebuild is at. */
  public enum Phase {
    /** The history is read and folded in memory. */
    FOLDING,
    /** The rows are written, and their indexes made. */
    COPYING,
    /** A runner keeps the generation, from where the fold ended; or from the beginning, where there was none. */
    FOLLOWING,
    /** It has stopped for good: {@link ViewStatus#message} says why. */
    FAILED
  }
}
