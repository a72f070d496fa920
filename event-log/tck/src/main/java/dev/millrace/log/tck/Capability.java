package dev.millrace.log.tck;

/** What one log can do and another cannot. A log is held to what it claims, and shown not to do what it does not claim. */
public enum Capability {
  /** A batch is in the log whole or not at all, and so is its mark. */
  TRANSACTIONS,
  /** An entry that was sent again, as its acknowledgement was lost, is in the log once. */
  IDEMPOTENT_APPENDS,
  /** What one writer appends to a partition is read in the order of the appends, whatever the keys are. */
  PARTITION_ORDER
}
