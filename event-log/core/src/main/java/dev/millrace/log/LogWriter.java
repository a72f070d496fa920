package dev.millrace.log;

import java.util.concurrent.CompletableFuture;

/**
 * Appends to a log. Safe for use by many threads.
 *
 * <p>Order: entries of one key that one thread appends are read in the order of the calls, through retries, throttling and
 * partial failures (P1). Durability: a receipt is given only for what the log holds on all of its required replicas (P2).
 */
public interface LogWriter extends AutoCloseable {
  /**
   * Appends, in the background. Blocks only while the writer's buffer is full, and, for the first entry that it appends to a
   * partition, until the log has it.
   *
   * @return completed with the receipt, or with a {@link LogException}: EXTERNAL where the log did not acknowledge in
   *     time (the entry may or may not be in the log), CALLER where it refused the entry
   */
  CompletableFuture<Receipt> append(LogEntry entry);

  /** Waits until all that was appended is acknowledged or has failed. */
  void flush();

  /** Flushes, then frees what the writer holds. Appending afterwards is an {@link IllegalStateException}. */
  @Override
  void close();
}
