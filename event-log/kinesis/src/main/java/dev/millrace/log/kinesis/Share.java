package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import java.util.Map;
import java.util.Set;

/**
 * What of a group's shards is one member's.
 *
 * @param mine its shards, each with the epoch under which it has it
 * @param parents the shards that each of them came of, listed still or not
 * @param wantedBack those of them that another member should have
 * @param settled whether every member of the group has what it should have
 * @param unseen those of the member's shards that were never listed: they came and went
 */
record Share(Map<Partition, Long> mine, Map<Partition, Set<Partition>> parents, Set<Partition> wantedBack,
    boolean settled, Set<Partition> unseen) {
  private static final Share NONE = new Share(Map.of(), Map.of(), Set.of(), false, Set.of());

  Share {
    mine = Map.copyOf(mine);
    parents = Map.copyOf(parents);
    wantedBack = Set.copyOf(wantedBack);
    unseen = Set.copyOf(unseen);
  }

  static Share none() {
    return NONE;
  }
}
