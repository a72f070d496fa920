package dev.millrace.log;

import java.util.List;

/**
 * What one poll brought.
 *
 * @param records in order within each partition; partitions in no order
 * @param cursor how far each partition that moved has come, which may be past the last record: a log has places that
 *     hold none
 */
public record Batch(List<LogRecord> records, Cursor cursor) {
  private static final Batch EMPTY = new Batch(List.of(), Cursor.start());

  public static Batch empty() {
    return EMPTY;
  }

  public boolean isEmpty() {
    return records.isEmpty() && cursor.positions().isEmpty();
  }
}
