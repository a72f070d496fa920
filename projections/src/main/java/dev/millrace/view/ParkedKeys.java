package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** The keys of those events of a batch that wait as far as is known. */
  <R extends Record> Set<StreamKey> waiting(List<Decoded<R>> batch) {
    if (keys.isEmpty())
      return Set.of();
    return batch.stream().filter(decoded -> !(decoded instanceof Decoded.Ignored<R>)).map(Decoded::record)
        .filter(this::waits).map(StreamKey::of).collect(Collectors.toSet());
  }

  void removeAll(Collection<StreamKey> gone) {
    keys.removeAll(gone);
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
