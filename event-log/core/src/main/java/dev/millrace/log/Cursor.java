package dev.millrace.log;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far a reading has come: for each partition the last position that was read. A partition that is not in it is read
 * from its beginning. Immutable.
 */
public record Cursor(Map<Partition, Position> positions) {
  private static final Cursor START = new Cursor(Map.of());

  public Cursor { positions = Map.copyOf(positions); }

  /** Before the first record of every partition. */
  public static Cursor start() {
    return START;
  }

  public static Cursor of(Map<Partition, Position> positions) {
    return positions.isEmpty() ? START : new Cursor(positions);
  }

  /** The last position read in the partition; empty where nothing of it was read. */
  public Optional<Position> position(Partition partition) {
    return Optional.ofNullable(positions.get(partition));
  }

  /** This cursor, moved to the positions of the other where it has any; the other's win. */
  public Cursor with(Cursor other) {
    if (other.positions.isEmpty())
      return this;
    var merged = new TreeMap<>(positions);
    merged.putAll(other.positions);
    return new Cursor(merged);
  }

  /** Whether this cursor has come at least as far as the other in every partition of the other. */
  public boolean hasReached(Cursor other) {
    return other.positions.entrySet().stream().allMatch(entry -> {
      var mine = positions.get(entry.getKey());
      return mine != null && mine.compareTo(entry.getValue()) >= 0;
    });
  }
}
