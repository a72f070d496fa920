package dev.millrace.view;

import dev.millrace.log.LogRecord;
import java.nio.ByteBuffer;

/**
 * A record that is kept aside, as it was read.
 *
 * @param reason a stable name: a code of {@link dev.millrace.schema.SchemaException}, UNDECODABLE, KEY_FAILED,
 *     FOLD_FAILED, REFUSED_BY_DATABASE, or FOLLOWS where an earlier record of its key is parked
 * @param message what is wrong and where, for people
 */
record ParkedRecord(LogRecord record, String reason, String message) {
  static final String FOLLOWS = "FOLLOWS";

  static ParkedRecord follows(LogRecord record) {
    return new ParkedRecord(record, FOLLOWS,
        record + ": waits behind an earlier parked record of the key '" + record.key() + "'");
  }

  /** What went wrong with a record, with its stream, partition, position and schema. */
  static String message(LogRecord record, Throwable thrown) {
    var what = thrown.getMessage() == null ? thrown.getClass().getName() : thrown.getMessage();
    var kind = thrown.getClass().getPackageName().startsWith("dev.millrace")
        ? ""
        : thrown.getClass().getSimpleName()
            + ": ";
    return record + schema(record.payload()) + ": " + kind + what;
  }

  private static String schema(byte[] payload) {
    if (payload.length < 5 || payload[0] != 0)
      return "";
    int id = ByteBuffer.wrap(payload, 1, 4).getInt();
    return " (schema id " + id + ")";
  }
}
