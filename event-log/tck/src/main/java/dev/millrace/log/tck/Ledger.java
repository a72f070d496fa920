package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a projection's database is to it: effects, cursor and owner of each partition change together, and what comes from
 * a member that owns the partition no longer is dropped whole. Safe for use by many threads.
 */
final class Ledger {
  private final Map<Partition, String> owners = new HashMap<>();
  private final Map<Partition, Position> positions = new HashMap<>();
  private final List<LogRecord> effects = new ArrayList<>();
  private int handovers;

  /** The partitions are this member's; answers how far they are read. */
  synchronized Cursor take(String member, Set<Partition> partitions) {
    partitions.forEach(partition -> {
      owners.put(partition, member);
      handovers++;
    });
    var mine = new HashMap<>(positions);
    mine.keySet().retainAll(partitions);
    return Cursor.of(mine);
  }

  synchronized void release(String member, Set<Partition> partitions) {
    partitions.forEach(partition -> owners.remove(partition, member));
  }

  /** @param lost partitions that the member lost after it had read the batch, even if it got them back since */
  synchronized void commit(String member, Batch batch, Set<Partition> lost) {
    for (var record : batch.records()) {
      if (owns(member, record.partition(), lost)) {
        moveOn(record.partition(), record.position());
        effects.add(record);
      }
    }
    batch.cursor().positions().forEach((partition, position) -> {
      if (owns(member, partition, lost))
        positions.put(partition, position);
    });
  }

  private boolean owns(String member, Partition partition, Set<Partition> lost) {
    return member.equals(owners.get(partition)) && !lost.contains(partition);
  }

  private void moveOn(Partition partition, Position position) {
    var last = positions.put(partition, position);
    if (last != null)
      assertThat(position).as("the owner of %s reads on after %s", partition, last).isGreaterThan(last);
  }

  synchronized boolean hasReached(Cursor end) {
    return Cursor.of(positions).hasReached(end);
  }

  synchronized List<LogRecord> effects() {
    return List.copyOf(effects);
  }

  synchronized int handovers() {
    return handovers;
  }

  @Override
  public synchronized String toString() {
    return effects.size() + " effects, at " + positions + ", owned by " + owners;
  }
}
