package dev.millrace.log;

import java.util.Set;

/**
 * Hears which partitions the members of a group share out to this one. Called within {@link LogReader#poll}, on the
 * reader's thread. The cursor lives with the reader's effects, not in the log (design D5): that is why it is asked for here.
 */
public interface Ownership {
  /**
   * These partitions are this member's from now on. Answers where to go on reading them. Where it throws, the poll throws
   * the same, nothing of these partitions is read, and the next poll asks again.
   */
  Cursor assigned(Set<Partition> partitions);

  /** These partitions are this member's no longer. Records of them that were polled may still be committed, or not. */
  void revoked(Set<Partition> partitions);
}
