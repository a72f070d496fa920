package dev.millrace.schema;

/** Whose a failure is; decides whether trying again can help. */
public enum Fault {
  /** The data or the call is wrong; the same call fails again. It goes to the parked events, or back to the caller. */
  CALLER,
  /** Something outside did not answer; trying again later helps. It is retried with backoff and never skipped. */
  EXTERNAL,
  /** A defect of this program; the part that met it stops and says so in its health. */
  INTERNAL
}
