package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which shards may be read when, so that the order of each key holds across splits and merges. */
final class Lineage {
  private Lineage() {}

  /** Those that are not finished and whose parents are: a parent that is not listed any more has nothing to read. */
  static List<Shard> readable(Collection<Shard> listed, Set<Partition> finished) {
    var names = listed.stream().map(Shard::partition).collect(Collectors.toSet());
    return listed.stream().filter(shard -> !finished.contains(shard.partition()))
        .filter(shard -> shard.parents().stream()
            .allMatch(parent -> finished.contains(parent) || !names.contains(parent)))
        .toList();
  }
}
