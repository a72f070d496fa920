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
public final class Ledger {
  private final Map<Partition, String> owners = new HashMap<>();
  private final Map<Partition, Position> positions = new HashMap<>();
  private final List<LogRecord> effects = new ArrayList<>();
  private int handovers;

  /** The partitions are this member's; answers how far they are read. */
  public synchronized Cursor take(String member, Set<Partition> partitions) {
    partitions.forEach(partition -> {
      owners.put(partition, member);
      handovers++;
    });
    var mine = new HashMap<>(positions);
    mine.keySet().retainAll(partitions);
    return Cursor.of(mine);
  }

  public synchronized void release(String member, Set<Partition> partitions) {
    partitions.forEach(partition -> owners.remove(partition, member));
  }

  /**
   * Commits what of the batch is the member's to commit.
   *
   * @param lost partitions that the member lost after it had read the batch, even if it got them back since
   * @return how many records had an effect
   */
  public synchronized int commit(String member, Batch batch, Set<Partition> lost) {
    var before = effects.size();
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
    return effects.size() - before;
  }

  private boolean owns(String member, Partition partition, Set<Partition> lost) {
    return member.equals(owners.get(partition)) && !lost.contains(partition);
  }

  private void moveOn(Partition partition, Position position) {
    var last = positions.put(partition, position);
    if (last != null)
      assertThat(position).as("the owner of %s reads on after %s", partition, last).isGreaterThan(last);
  }

  public synchronized boolean hasReached(Cursor end) {
    return Cursor.of(positions).hasReached(end);
  }

  public synchronized List<LogRecord> effects() {
    return List.copyOf(effects);
  }

  /** Whether any of these partitions is the member's. */
  public synchronized boolean ownsAny(String member, Set<Partition> partitions) {
    return partitions.stream().anyMatch(partition -> member.equals(owners.get(partition)));
  }

  /** How often a partition was taken. */
  public synchronized int handovers() {
    return handovers;
  }

  @Override
  public synchronized String toString() {
    return effects.size() + " effects, at " + positions + ", owned by " + owners;
  }
}
