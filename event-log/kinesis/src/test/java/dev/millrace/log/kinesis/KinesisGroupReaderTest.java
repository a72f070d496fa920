package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static dev.millrace.log.kinesis.GroupMember.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** How the members of a group share out shards, over a real database. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(4)
class KinesisGroupReaderTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static LocalStreams streams;
  private static DataSource database;
  private static KinesisLog log;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    database = SharedServers.createDatabase();
    log = KinesisLog.at(streams.config().lease(LEASE).database(database).build());
  }

  @AfterAll
  static void stop() {
    log.close();
    streams.close();
  }

  @Test
  void shards_are_shared_out_evenly_as_members_join_and_leave_and_no_more_of_them_move_than_must() {
    var stream = created("join", 6);
    var ledger = new Ledger();

    var a = new GroupMember("a", ledger, log, stream);
    await("a to have all", () -> a.owned().size() == 6, a);
    var b = new GroupMember("b", ledger, log, stream);
    await("half for b", () -> a.owned().size() == 3 && b.owned().size() == 3, a, b);
    var c = new GroupMember("c", ledger, log, stream);
    await("a third for c", () -> a.owned().size() == 2 && b.owned().size() == 2 && c.owned().size() == 2, a,
        b, c);
    assertThat(List.of(a.taken(), b.taken(), c.taken())).containsExactly(6, 3, 2);

    var kept = b.owned();
    a.leave();
    await("what a had to go to b and c", () -> b.owned().size() == 3 && c.owned().size() == 3, b, c);
    assertThat(b.owned()).containsAll(kept);
    assertThat(List.of(b.taken(), c.taken())).containsExactly(4, 3);
    assertThat(a.owned()).isEmpty();
    b.leave();
    c.leave();
  }

  @Test
  void the_shards_of_a_member_that_dies_go_to_the_others_and_nothing_of_it_counts_when_it_returns() {
    var stream = created("death", 4);
    streams.append(stream, entries(stream, 100, 0));
    var ledger = new Ledger();
    var cable = new CutConnections(database);
    var cut = KinesisLog.at(streams.config().lease(LEASE).database(cable).build());

    var owner = new TakesNothing("zombie", ledger);
    try (cut; var zombie = cut.reader(Set.of(stream), stream + "-group", owner)) {
      var late = new ArrayList<dev.millrace.log.Batch>();
      await("the zombie to read", () -> {
        late.add(zombie.poll(Duration.ofMillis(50)));
        return !late.getLast().records().isEmpty();
      });
      cable.cut();
      var died = System.nanoTime();
      var heir = new GroupMember("heir", ledger, log, stream);
      await("the heir to have all", () -> heir.owned().size() == 4, heir);
      assertThat(Duration.ofNanos(System.nanoTime() - died)).isLessThan(LEASE.multipliedBy(4));
      var end = log.end(Set.of(stream));
      await("all to be read", () -> ledger.hasReached(end), heir);

      assertThat(ledger.commit("zombie", late.getLast(), Set.of())).isZero();
      assertThatThrownBy(() -> zombie.poll(Duration.ZERO)).isInstanceOfSatisfying(LogException.class,
          e -> assertThat(e.code()).isEqualTo(LogException.Code.UNREACHABLE));
      assertThat(owner.revoked).containsAll(log.partitions(stream));
      heir.leave();
    }
    assertThat(History.ids(ledger.effects())).doesNotHaveDuplicates().hasSize(100);
  }

  @Test
  void a_member_that_is_halted_without_a_word_is_missed_when_its_lease_has_run_out() {
    var stream = created("halt", 4);
    var ledger = new Ledger();
    var cable = new CutConnections(database);
    try (var cut = KinesisLog.at(streams.config().lease(LEASE).database(cable).build())) {
      var a = new GroupMember("a", ledger, cut, stream);
      await("a to have all", () -> a.owned().size() == 4, a);
      var b = new GroupMember("b", ledger, log, stream);
      await("both to have half", () -> a.owned().size() == 2 && b.owned().size() == 2, a, b);

      cable.cut();
      a.halt();
      await("b to have all", () -> b.owned().size() == 4, b);

      assertThat(b.taken()).isEqualTo(4);
      b.leave();
    }
  }

  @Test
  void a_group_reads_each_key_in_order_while_shards_are_split_and_merged_under_it() {
    var stream = created("reshard", 2);
    var ledger = new Ledger();
    var written = new ArrayList<LogEntry>();
    var members = new ArrayList<GroupMember>();

    for (var step = 0; step < 6; step++) {
      if (step % 2 == 0)
        members.add(new GroupMember("m" + step, ledger, log, stream));
      if (step == 3)
        members.removeFirst().leave();
      var entries = entries(stream, 80, written.size());
      streams.append(stream, entries);
      written.addAll(entries);
      reshard(stream, step);
    }
    var end = log.end(Set.of(stream));
    await("all to be read", () -> ledger.hasReached(end), members.toArray(GroupMember[]::new));

    var open = openShards(stream).stream().map(Shard::partition).toList();
    await("the open shards alone to be shared out",
        () -> members.stream().flatMap(member -> member.owned().stream()).sorted().toList()
            .equals(open.stream().sorted().toList()),
        members.toArray(GroupMember[]::new));
    members.forEach(GroupMember::leave);
    assertThat(History.idsByKey(ledger.effects())).isEqualTo(new History(written).idsByKey());
    assertThat(History.ids(ledger.effects())).doesNotHaveDuplicates();
  }

  @Test
  void children_are_read_only_when_the_owners_own_checkpoint_says_that_their_parent_was() {
    var stream = created("checkpoint", 1);
    streams.append(stream, entries(stream, 20, 0));
    streams.split(stream, openShards(stream).getFirst());
    streams.append(stream, entries(stream, 20, 20));
    var ledger = new Ledger();
    var forgetful = new TakesNothing("forgetful", ledger);
    var read = new ArrayList<LogRecord>();

    try (var reader = log.reader(Set.of(stream), stream + "-group", forgetful)) {
      await("the parent to be read three times", () -> {
        read.addAll(reader.poll(Duration.ofMillis(50)).records());
        return read.size() >= 60;
      });
    }

    assertThat(read).extracting(record -> record.partition().id()).containsOnly("shardId-000000000000");
    assertThat(History.ids(read.subList(0, 20))).isEqualTo(History.ids(read.subList(20, 40)));
  }

  @Test
  void a_checkpoint_in_a_shard_that_is_gone_is_expired_and_says_what_was_lost() {
    var stream = created("gone", 1);
    var gone = new Partition(stream, "shardId-000000000099");
    var leases = new Leases(
        new Database(database, new KinesisFailures(streams.config().build())),
        "", stream + "-group", LEASE);
    var listed = new Shard(gone, Set.of(), java.math.BigInteger.ZERO, java.math.BigInteger.TEN, "0",
        java.util.Optional.of("20"));
    leases.beat("before", Set.of(stream), List.of(listed), new Leases.Said(Map.of(), Map.of()));
    leases.leave("before");
    var within = Cursor.of(Map.of(gone, Place.record("17", 0).position()));

    try (var reader = log.reader(Set.of(stream), stream + "-group", new Says(within))) {
      assertThatThrownBy(() -> reader.poll(PATIENCE)).isInstanceOfSatisfying(LogException.class, e -> {
        assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
        assertThat(e).hasMessageContaining(gone.toString()).hasMessageContaining("17");
      });
    }
  }

  @Test
  void a_log_without_a_database_has_no_groups_and_says_what_to_set() {
    var stream = created("database", 1);
    try (var without = KinesisLog.at(streams.config().build())) {
      assertThatThrownBy(() -> without.reader(Set.of(stream), "g", new Says(Cursor.start())).close())
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(LogException.Code.REFUSED);
            assertThat(e).hasMessageContaining("database");
          });
    }
  }

  /** Has a ledger, and commits nothing to it by itself. */
  private static final class TakesNothing implements Ownership {
    private final String name;
    private final Ledger ledger;
    private final List<Partition> revoked = new ArrayList<>();

    TakesNothing(String name, Ledger ledger) {
      this.name = name;
      this.ledger = ledger;
    }

    @Override
    public Cursor assigned(Set<Partition> partitions) {
      return ledger.take(name, partitions);
    }

    @Override
    public void revoked(Set<Partition> partitions) {
      revoked.addAll(partitions);
      ledger.release(name, partitions);
    }
  }

  private static StreamName created(String name, int shards) {
    var stream = LocalStreams.name(name);
    log.create(stream, shards);
    return stream;
  }

  private static List<LogEntry> entries(StreamName stream, int size, int from) {
    var entries = new ArrayList<LogEntry>();
    for (var i = from; i < from + size; i++)
      entries.add(LocalStreams.entry(stream, "k" + i % 13, "e" + i));
    return entries;
  }

  private static List<Shard> openShards(StreamName stream) {
    return new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).refresh(stream)
        .stream().filter(Shard::isOpen).sorted(Comparator.comparing(Shard::firstHash)).toList();
  }

  private static void reshard(StreamName stream, int step) {
    var open = openShards(stream);
    if (step % 3 == 2)
      streams.merge(stream, open.get(0), open.get(1));
    else
      streams.split(stream, open.getLast());
  }
}
