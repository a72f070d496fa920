package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import java.util.Map;
import java.util.Set;

/**
 * What of a group's shards is one member's.
 *
 * @param mine its shards, each with the epoch under which it has it
 * @param wantedBack those of them that another member should have
 * @param settled whether every member of the group has what it should have
 */
record Share(Map<Partition, Long> mine, Set<Partition> wantedBack, boolean settled) {
  private static final Share NONE = new Share(Map.of(), Set.of(), false);

  Share {
    mine = Map.copyOf(mine);
    wantedBack = Set.copyOf(wantedBack);
  }

  static Share none() {
    return NONE;
  }
}
