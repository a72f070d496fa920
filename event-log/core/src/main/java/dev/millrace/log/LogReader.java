package dev.millrace.log;

import java.time.Duration;

/** Reads a log. Owned by one thread: all but {@link #wakeup} is called from it. */
public interface LogReader extends AutoCloseable {
  /**
   * Waits for records, at most this long, and answers those that there are; empty where there are none.
   *
   * @throws LogException EXPIRED where records after the cursor are past their retention, naming what was lost;
   *     EXTERNAL where the log cannot be reached
   */
  Batch poll(Duration atMost);

  /** How far this reader has read. */
  Cursor cursor();

  /** Makes a poll that waits, or the next one, return at once. May be called from any thread. */
  void wakeup();

  @Override
  void close();
}
