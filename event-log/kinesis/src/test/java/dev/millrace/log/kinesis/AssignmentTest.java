package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.Randomized;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who should have which shard, whatever the members and the shards are. */
class AssignmentTest {
  private static final int ROUNDS = Randomized.rounds(200);

  @Test
  void every_shard_has_a_member_and_no_member_has_two_more_than_another() {
    check(random -> {
      var members = members(random, random.nextInt(1, 8));
      var owners = owners(random, members, random.nextInt(40));

      var target = Assignment.of(members, owners);

      assertThat(target.keySet()).isEqualTo(owners.keySet());
      var counts = members.stream().map(member -> Collections.frequency(target.values(), member)).toList();
      assertThat(Collections.max(counts) - Collections.min(counts)).as("%s of %s", counts, owners)
          .isLessThanOrEqualTo(1);
    });
  }

  @Test
  void no_more_moves_than_the_balance_needs() {
    check(random -> {
      var members = members(random, random.nextInt(1, 8));
      var owners = owners(random, members, random.nextInt(40));

      var target = Assignment.of(members, owners);

      var moved = owners.entrySet().stream()
          .filter(owned -> owned.getValue().filter(members::contains).isPresent())
          .filter(owned -> !owned.getValue().equals(Optional.ofNullable(target.get(owned.getKey()))))
          .count();
      assertThat(moved).as("%s to %s", owners, target).isEqualTo(surplus(members, owners));
    });
  }

  /** What members have beyond the most that they may have: so much must move, whatever is done. */
  private static long surplus(Set<String> members, Map<Integer, Optional<String>> owners) {
    var least = owners.size() / members.size();
    var withOneMore = owners.size() % members.size();
    var surplus = 0L;
    var counts = members.stream().map(member -> Collections.frequency(owners.values(), Optional.of(member)))
        .sorted(Collections.reverseOrder()).toList();
    for (var rank = 0; rank < counts.size(); rank++)
      surplus += Math.max(0, counts.get(rank) - least - (rank < withOneMore ? 1 : 0));
    return surplus;
  }

  @Test
  void what_is_as_it_should_be_stays_as_it_is() {
    check(random -> {
      var members = members(random, random.nextInt(1, 8));
      var once = Assignment.of(members, owners(random, members, random.nextInt(40)));
      var owners = new TreeMap<Integer, Optional<String>>();
      once.forEach((shard, owner) -> owners.put(shard, Optional.of(owner)));

      assertThat(Assignment.of(members, owners)).isEqualTo(once);
    });
  }

  @Test
  void where_nobody_is_nobody_has_anything() {
    assertThat(Assignment.of(Set.of(), Map.of(1, Optional.of("gone")))).isEmpty();
  }

  private static Set<String> members(Random random, int size) {
    var members = new TreeSet<String>();
    while (members.size() < size)
      members.add("m" + random.nextInt(100));
    return members;
  }

  private static Map<Integer, Optional<String>> owners(Random random, Set<String> members, int shards) {
    var some = members.stream().filter(_ -> random.nextInt(3) > 0).toList();
    var owners = new TreeMap<Integer, Optional<String>>();
    for (var shard = 0; shard < shards; shard++)
      owners.put(shard, switch (random.nextInt(4)) {
        case 0 -> Optional.empty();
        case 1 -> Optional.of("gone" + random.nextInt(3));
        default -> some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
      });
    return owners;
  }

  static void check(Consumer<Random> property) {
    for (var run = 0; run < ROUNDS; run++) {
      var seed = Randomized.seed() + run;
      try {
        property.accept(new Random(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + Randomized.repeat(seed), e);
      }
    }
  }
}
