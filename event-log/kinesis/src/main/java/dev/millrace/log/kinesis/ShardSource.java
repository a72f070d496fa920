package dev.millrace.log.kinesis;

/** A way of getting the records of a shard. Safe for use by many threads. */
interface ShardSource extends AutoCloseable {
  /**
   * Brings the shard's pages from where its reading is, and returns when its end was brought. Ended by an interrupt.
   *
   * @throws dev.millrace.log.LogException where it cannot go on for now, or at all; it may be called again
   */
  void follow(ShardReading reading, Arrivals.Inlet inlet);

  /** Frees what the source holds at the service. */
  @Override
  default void close() {}
}
