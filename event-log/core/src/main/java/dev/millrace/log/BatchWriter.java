package dev.millrace.log;

import java.util.List;
import java.util.Optional;

/**
 * Appends batches, each with a mark that says how far the source of the batch has been read: what a relay or a bridge
 * needs to go on where it stopped. One writer of a name at a time: opening one fences the one before it. Owned by one
 * thread.
 *
 * <p>On Kafka a batch and its mark are one transaction: after a crash either both are in the log or neither is. On a log
 * without transactions the mark is written after its batch, which so may be appended twice.
 */
public interface BatchWriter extends AutoCloseable {
  /** The mark of the last batch that was appended under this name, by whichever writer; empty where there is none. */
  Optional<String> mark();

  /**
   * Appends the entries, in their order within each key, and the mark; returns when the log has them.
   *
   * @throws LogException FENCED where another writer has taken the name; EXTERNAL where the log did not take it: close this
   *     writer, open another, and ask it for its mark
   */
  void append(List<LogEntry> entries, String mark);

  @Override
  void close();
}
