package dev.millrace.log.kinesis;

import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The members of a group and the leases of its shards at one moment, and what follows from them. Values only: whoever
 * changes a group in the database holds its lock from the reading to the writing.
 *
 * @param members the streams that each reads
 * @param leases of all shards that the group knows: those that are listed, and those that were, until they are finished
 */
record Group(Map<String, Set<StreamName>> members, Map<Partition, Lease> leases) {
  /** In an order of their own, so that every member comes to the same. */
  Group {
    members = new TreeMap<>(members);
    leases = new TreeMap<>(leases);
  }

  /** Nobody has anything, and what is finished is still to be asked for: what a first member finds. */
  Group begun() {
    return each(leases.keySet(), lease -> lease.freed().finished(false));
  }

  /**
   * The group when a member has listed the shards of its streams. One that is not listed any more stays until it is
   * finished: should its end not have been read, whoever gets it has to say what was lost. The same holds for one that came
   * and went unseen since the group began to read the stream: what came of it is listed, and it is not.
   */
  Group listed(Set<StreamName> streams, Collection<Shard> shards) {
    var after = new TreeMap<>(leases);
    var names = new HashSet<Partition>();
    shards.forEach(shard -> names.add(shard.partition()));
    var begun = leases.keySet().stream().map(Partition::stream).collect(Collectors.toSet());
    for (var shard : shards) {
      if (begun.contains(shard.partition().stream()) && !leases.containsKey(shard.partition())
          && shard.parents().stream().noneMatch(names::contains))
        shard.parents().forEach(parent -> after.computeIfAbsent(parent, Lease::unseen));
      var known = after.get(shard.partition());
      if (known == null || !known.firstSequence().equals(shard.firstSequence()))
        after.put(shard.partition(), Lease.of(shard, known == null ? 0 : known.epoch()));
    }
    after.values().removeIf(lease -> lease.finished() && streams.contains(lease.partition().stream())
        && !names.contains(lease.partition()));
    return new Group(members, after);
  }

  /** The group when a member has given leases back; one that it has no more, or again since, is left as it is. */
  Group released(String member, Map<Partition, Long> epochs) {
    return each(held(member, epochs), Lease::freed);
  }

  /** The group when a member has read these shards to their end. */
  Group finished(String member, Map<Partition, Long> epochs) {
    return each(held(member, epochs), lease -> lease.freed().finished(true));
  }

  /** The group when a member has taken what it should have and nobody has. */
  Group taken(String member) {
    var free = new TreeSet<Partition>();
    target().forEach((partition, wanted) -> {
      if (wanted.equals(member) && owner(partition).isEmpty())
        free.add(partition);
    });
    return each(free, lease -> lease.takenBy(member));
  }

  /** Who should have which of the shards that can be read now. */
  Map<Partition, String> target() {
    var owners = new TreeMap<String, Map<Partition, Optional<String>>>();
    var readers = new TreeMap<String, Set<String>>();
    for (var lease : leases.values()) {
      if (lease.finished() || !lease.parents().stream().allMatch(this::isDone))
        continue;
      var those = readers(lease.partition().stream());
      var name = those.toString();
      readers.put(name, those);
      owners.computeIfAbsent(name, _ -> new TreeMap<>()).put(lease.partition(), owner(lease.partition()));
    }
    var target = new TreeMap<Partition, String>();
    owners.forEach(
        (name, shards) -> target.putAll(Assignment.of(readers.getOrDefault(name, Set.of()), shards)));
    return target;
  }

  Share share(String member) {
    var target = target();
    var leased = leases.values().stream().filter(lease -> lease.owner().equals(Optional.of(member))).toList();
    var mine = leased.stream().collect(Collectors.toMap(Lease::partition, Lease::epoch));
    var parents = leased.stream().collect(Collectors.toMap(Lease::partition, Lease::parents));
    var wantedBack = mine.keySet().stream().filter(partition -> !member.equals(target.get(partition)))
        .collect(Collectors.toSet());
    var settled = target.entrySet().stream()
        .allMatch(wanted -> owner(wanted.getKey()).equals(Optional.of(wanted.getValue())));
    var unseen = leased.stream().filter(Lease::isUnseen).map(Lease::partition).collect(Collectors.toSet());
    return new Share(mine, parents, wantedBack, settled, unseen);
  }

  private boolean isDone(Partition parent) {
    var lease = leases.get(parent);
    return lease == null || lease.finished();
  }

  private Set<String> readers(StreamName stream) {
    return members.entrySet().stream().filter(member -> member.getValue().contains(stream))
        .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Who has the shard, of those that are there. */
  private Optional<String> owner(Partition partition) {
    return Optional.ofNullable(leases.get(partition)).flatMap(Lease::owner).filter(members::containsKey);
  }

  private Set<Partition> held(String member, Map<Partition, Long> epochs) {
    return epochs.keySet().stream().filter(partition -> {
      var lease = leases.get(partition);
      return lease != null && lease.owner().equals(Optional.of(member))
          && Long.valueOf(lease.epoch()).equals(epochs.get(partition));
    }).collect(Collectors.toSet());
  }

  private Group each(Set<Partition> partitions, UnaryOperator<Lease> change) {
    var after = new TreeMap<>(leases);
    partitions.forEach(partition -> after.computeIfPresent(partition, (_, lease) -> change.apply(lease)));
    return new Group(members, after);
  }
}
