package dev.millrace.log.kinesis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which member of a group should have which shard: as many as any other, or one more; and of what the members have now, as
 * much as possible stays. The same answer to the same question, whoever asks it.
 */
final class Assignment {
  private Assignment() {}

  /**
   * @param members those that are there; where there are none nobody has anything
   * @param owners all there is to share out, and who has it now, which may be a member that is not there any more
   */
  static <P extends Comparable<P>> Map<P, String> of(Set<String> members, Map<P, Optional<String>> owners) {
    var target = new TreeMap<P, String>();
    if (members.isEmpty())
      return target;
    var owned = new HashMap<String, List<P>>();
    members.forEach(member -> owned.put(member, new ArrayList<>()));
    var free = new ArrayDeque<P>();
    new TreeMap<>(owners).forEach((shard, owner) -> {
      var mine = owner.map(owned::get);
      mine.ifPresentOrElse(shards -> shards.add(shard), () -> free.add(shard));
    });
    var quotas = quotas(members, owned, owners.size());
    quotas.forEach((member, quota) -> {
      var shards = owned.getOrDefault(member, List.of());
      shards.stream().limit(quota).forEach(shard -> target.put(shard, member));
      shards.stream().skip(quota).forEach(free::add);
    });
    quotas.forEach((member, quota) -> {
      for (var has = owned.getOrDefault(member, List.of()).size(); has < quota; has++)
        target.put(free.remove(), member);
    });
    return target;
  }

  /** How many each should have. Those that have the most now get the one more, so that nothing moves for its sake. */
  private static <P> Map<String, Integer> quotas(Set<String> members, Map<String, List<P>> owned,
      int shards) {
    var ranked = new ArrayList<>(new TreeSet<>(members));
    ranked.sort(Comparator.comparingInt(member -> -owned.getOrDefault(member, List.of()).size()));
    var quotas = new TreeMap<String, Integer>();
    for (var rank = 0; rank < ranked.size(); rank++)
      quotas.put(ranked.get(rank), shards / ranked.size() + (rank < shards % ranked.size() ? 1 : 0));
    return quotas;
  }
}
