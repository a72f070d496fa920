package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What follows from who is in a group, with no database: the same at every beat of every member. */
class GroupTest {
  private static final StreamName ONE = StreamName.of("test.one");
  private static final StreamName OTHER = StreamName.of("test.other");

  @Test
  void members_come_and_go_while_shards_split_and_each_shard_is_read_by_one_after_its_parents() {
    AssignmentTest.check(random -> {
      var run = new Run(random);
      for (var step = 0; step < 60; step++)
        run.step();
      run.settle();
    });
  }

  /** A group under way: what the members believe is theirs, and what was finished. */
  private static final class Run {
    private final Random random;
    private final List<Shard> shards = new ArrayList<>();
    private final Map<String, Set<Partition>> believed = new HashMap<>();
    private final Set<Partition> finished = new HashSet<>();
    private Group group = new Group(Map.of(), Map.of());
    private int named;

    Run(Random random) {
      this.random = random;
      for (var i = 0; i < random.nextInt(1, 5); i++)
        shards.add(shard(ONE, i, Set.of(), Optional.empty()));
      join();
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0 -> join();
        case 1 -> leave();
        case 2 -> split();
        default -> beat(any(believed.keySet()));
      }
    }

    void join() {
      believed.put("m" + named++, Set.of());
      group = with(believed.keySet());
    }

    void leave() {
      if (believed.size() < 2)
        return;
      believed.remove(any(believed.keySet()));
      group = with(believed.keySet());
    }

    private Group with(Set<String> members) {
      return new Group(members.stream().collect(Collectors.toMap(name -> name, _ -> Set.of(ONE))),
          group.leases());
    }

    void split() {
      var open = shards.stream().filter(Shard::isOpen).toList();
      var parent = open.get(random.nextInt(open.size()));
      shards.remove(parent);
      shards.add(shard(ONE, id(parent), parent.parents(), Optional.of("9")));
      for (var i = 0; i < 2; i++)
        shards.add(shard(ONE, shards.size(), Set.of(parent.partition()), Optional.empty()));
    }

    private static int id(Shard shard) {
      return Integer.parseInt(shard.partition().id());
    }

    /** A member gives back what is wanted, finishes what is closed, and takes what is free. */
    Share beat(String member) {
      var before = group.share(member);
      var back = epochs(before, before.wantedBack());
      var ended = shards.stream().filter(shard -> !shard.isOpen()).map(Shard::partition)
          .filter(before.mine()::containsKey).filter(_ -> random.nextBoolean()).collect(Collectors.toSet());
      group = group.released(member, back).finished(member, epochs(before, ended)).listed(Set.of(ONE), shards)
          .taken(member);
      finished.addAll(ended.stream().filter(partition -> !back.containsKey(partition)).toList());
      var share = group.share(member);
      believed.put(member, share.mine().keySet());
      assertReadInTurn(share);
      return share;
    }

    private static Map<Partition, Long> epochs(Share share, Set<Partition> partitions) {
      var epochs = new HashMap<>(share.mine());
      epochs.keySet().retainAll(partitions);
      return epochs;
    }

    private void assertReadInTurn(Share share) {
      var all = believed.values().stream().flatMap(Set::stream).toList();
      assertThat(all).as("no shard is read by two").doesNotHaveDuplicates();
      for (var shard : shards) {
        if (share.mine().containsKey(shard.partition()))
          assertThat(finished).as("the parents of %s", shard.partition()).containsAll(shard.parents());
      }
    }

    /** Beats until all is finished that can be and everybody has a share; after that nothing moves any more. */
    void settle() {
      var members = Set.copyOf(believed.keySet());
      for (var round = 0; round < 500 && !isSettled(); round++)
        members.forEach(this::beat);
      var settled = Map.copyOf(believed);
      assertThat(isSettled()).as("settled: %s", group).isTrue();

      members.forEach(this::beat);

      assertThat(believed).isEqualTo(settled);
      var sizes = believed.values().stream().map(Set::size).toList();
      assertThat(Collections.max(sizes) - Collections.min(sizes)).as("%s", sizes).isLessThanOrEqualTo(1);
    }

    private boolean isSettled() {
      var open = shards.stream().filter(Shard::isOpen).map(Shard::partition).toList();
      return group.target().keySet().equals(Set.copyOf(open))
          && believed.keySet().stream().allMatch(member -> group.share(member).settled());
    }

    private String any(Set<String> members) {
      return List.copyOf(new TreeSet<>(members)).get(random.nextInt(members.size()));
    }
  }

  @Test
  void a_member_gets_only_shards_of_streams_that_it_reads() {
    var both = new Group(Map.of("new", Set.of(ONE, OTHER), "old", Set.of(ONE)), Map.of())
        .listed(Set.of(ONE, OTHER),
            List.of(shard(ONE, 0, Set.of(), Optional.empty()), shard(ONE, 1, Set.of(), Optional.empty()),
                shard(OTHER, 0, Set.of(), Optional.empty()), shard(OTHER, 1, Set.of(), Optional.empty())));

    var target = both.target();

    assertThat(target).hasSize(4).containsEntry(new Partition(OTHER, "0"), "new")
        .containsEntry(new Partition(OTHER, "1"), "new").containsValue("old");
  }

  @Test
  void what_a_member_gives_back_late_is_not_taken_from_the_one_that_has_it_now() {
    var shard = shard(ONE, 0, Set.of(), Optional.empty());
    var first = new Group(Map.of("a", Set.of(ONE)), Map.of()).listed(Set.of(ONE), List.of(shard)).taken("a");
    var stale = first.share("a").mine();
    var second = new Group(Map.of("b", Set.of(ONE)), first.leases()).taken("b");

    assertThat(second.released("a", stale).finished("a", stale)).isEqualTo(second);
    assertThat(second.share("b").mine()).containsEntry(shard.partition(), 2L);
  }

  @Test
  void a_shard_that_is_listed_no_more_stays_until_it_is_finished() {
    var shard = shard(ONE, 0, Set.of(), Optional.empty());
    var group = new Group(Map.of("a", Set.of(ONE)), Map.of()).listed(Set.of(ONE), List.of(shard)).taken("a");

    var gone = group.listed(Set.of(ONE), List.of());
    var finished = gone.finished("a", gone.share("a").mine()).listed(Set.of(ONE), List.of());

    assertThat(gone.leases()).hasSize(1);
    assertThat(finished.leases()).isEmpty();
  }

  @Test
  void a_shard_of_a_stream_that_was_made_anew_is_another() {
    var group = new Group(Map.of("a", Set.of(ONE)), Map.of())
        .listed(Set.of(ONE), List.of(shard(ONE, 0, Set.of(), Optional.empty()))).taken("a");
    var anew = new Shard(new Partition(ONE, "0"), Set.of(), BigInteger.ZERO, BigInteger.TEN, "77",
        Optional.empty());

    var after = group.listed(Set.of(ONE), List.of(anew)).taken("a");

    assertThat(after.share("a").mine()).containsEntry(anew.partition(), 2L);
  }

  private static Shard shard(StreamName stream, int id, Set<Partition> parents, Optional<String> last) {
    return new Shard(new Partition(stream, Integer.toString(id)), parents, BigInteger.ZERO, BigInteger.TEN,
        "0", last);
  }
}
