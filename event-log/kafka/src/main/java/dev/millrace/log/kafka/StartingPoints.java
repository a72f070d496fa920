package dev.millrace.log.kafka;

import dev.millrace.log.Cursor;
import dev.millrace.log.Partition;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The offsets at which reading starts: after the cursor, and at the beginning where the cursor has no position. */
final class StartingPoints {
  private StartingPoints() {}

  static Map<Partition, Long> of(Collection<Partition> partitions, Cursor from, StreamDirectory directory) {
    var offsets = new TreeMap<Partition, Long>();
    for (var partition : partitions)
      from.position(partition)
          .ifPresent(position -> offsets.put(partition, Offsets.after(partition, position)));
    var unread = partitions.stream().filter(partition -> !offsets.containsKey(partition)).toList();
    offsets.putAll(directory.beginnings(unread));
    return offsets;
  }
}
