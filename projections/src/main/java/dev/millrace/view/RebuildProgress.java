package dev.millrace.view;

import dev.millrace.log.Partition;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a rebuild is.
 *
 * @param phase what it is at
 * @param paused whether it waits until it is told to go on
 * @param records how many records were read and folded, in the phases before {@link Phase#FOLLOWING}
 * @param total how many there were in the log at the start, an upper bound; empty where the log does not know
 * @param perSecond how many records a second it has read lately, smoothed
 * @param left about how long the log will be read yet; empty where nothing tells
 * @param bytes how many bytes of payload were read
 * @param spilled how many bytes are on the disk, of rows that did not fit in memory and their events
 * @param buckets how many buckets those rows are in
 * @param folded how many of the buckets are folded
 * @param inOrder why the view is filled a batch at a time, in the events' order, and not folded at once; empty where it is not
 * @param partitions how many records were read of each partition, of how many there were at the start
 */
public record RebuildProgress(Phase phase, boolean paused, long records, OptionalLong total, double perSecond,
    Optional<Duration> left, long bytes, long spilled, int buckets, int folded, String inOrder,
    Map<Partition, Done> partitions) {
  public RebuildProgress { partitions = Map.copyOf(partitions); }

  /** How much of a partition is read. */
  public record Done(long records, OptionalLong total) {}

  /** What a rebuild is at. */
  public enum Phase {
    /** The history is read and folded in memory, and on disk what does not fit. */
    FOLDING,
    /** The rows are written, and their indexes made. */
    COPYING,
    /** A runner keeps the generation, from where the fold ended; or from the beginning, where there was none. */
    FOLLOWING,
    /** It has stopped for good: {@link ViewStatus#message} says why. */
    FAILED
  }
}
