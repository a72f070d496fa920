package dev.millrace.view;

import java.util.List;
import java.util.Optional;

/**
 * What came of a redrive, or would come of it.
 *
 * @param queues in the order of their streams and keys
 * @param next where the next one goes on, for {@link Redrive#after}; empty where all are done
 */
public record Redriven(List<Queue> queues, Optional<String> next) {
  public Redriven { queues = List.copyOf(queues); }

  /**
   * What came of the records of one key, or of one record that has none.
   *
   * @param partition of the record that has no key, else empty
   * @param position of the record that has no key, else empty
   * @param discarded how many were dropped
   * @param redriven how many went through: those before the one that failed
   * @param parked how many are parked still
   * @param failure why the first of those does not go through; empty where none is parked, or it was not come to
   */
  public record Queue(String stream, String key, String partition, String position, long discarded,
      long redriven,
      long parked, Optional<Cause> failure) {}

  /** Why a record does not go through: its reason, what is wrong for people, and the fingerprint of that. */
  public record Cause(String reason, String message, String fingerprint) {}
}
