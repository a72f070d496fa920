package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The stream keys whose events wait. A record without a key has no followers. Not safe for use by many threads. */
final class ParkedKeys {
  /** A key as the database holds it, within its stream. */
  record StreamKey(StreamName stream, String key) {
    static StreamKey of(LogRecord record) {
      return new StreamKey(record.partition().stream(), Text.storable(record.key()));
    }
  }

  private final Set<StreamKey> keys = new HashSet<>();

  boolean waits(LogRecord record) {
    return !keys.isEmpty() && !record.key().isEmpty() && keys.contains(StreamKey.of(record));
  }

  void add(LogRecord record) {
    if (!record.key().isEmpty())
      keys.add(StreamKey.of(record));
  }

  void addAll(Collection<StreamKey> more) {
    keys.addAll(more);
  }

  ParkedKeys copy() {
    var copy = new ParkedKeys();
    copy.keys.addAll(keys);
    return copy;
  }
}
