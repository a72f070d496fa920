package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.test.Randomized;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** P1 with several readers: members of a group come and go, and each key is still read in order, with no gap. */
public interface GroupProperties {
  /** The log under test. */
  LogFixture fixture();

  @Test
  default void members_that_come_and_go_read_each_key_in_order_and_leave_no_gap() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "group", 4);
      int steps = 6;
      int size = Randomized.rounds(200, 500);
      var history = History.random(random, stream, steps * size);
      var ledger = new Ledger();
      var members = new ArrayDeque<Member>();
      var receipts = new ArrayList<CompletableFuture<Receipt>>();

      try (var writer = log.writer()) {
        for (var step = 0; step < steps; step++) {
          comeOrGo(members, ledger, random, log, stream, "m" + step);
          var effects = ledger.effects().size();
          for (var entry : history.entries().subList(step * size, (step + 1) * size))
            receipts.add(writer.append(entry));
          writer.flush();
          Member.await("a member to read on", ledger, members, () -> ledger.effects().size() > effects);
        }
        var end = log.end(Set.of(stream));
        Member.await("all to be read", ledger, members, () -> ledger.hasReached(end));
      } finally {
        Member.leaveAll(members);
      }

      assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      assertThat(ledger.handovers()).as("partitions changed hands").isGreaterThan(4);
      assertThat(History.ids(ledger.effects())).doesNotHaveDuplicates();
      assertThat(History.idsByKey(ledger.effects())).containsExactlyInAnyOrderEntriesOf(history.idsByKey());
    });
  }

  @Test
  default void a_member_starts_where_its_owner_says_and_not_where_the_group_was() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "again", 2);
      try (var writer = log.writer()) {
        for (var entry : History.random(random, stream, 50).entries())
          writer.append(entry).join();
      }

      var end = log.end(Set.of(stream));

      for (var generation = 0; generation < 2; generation++) {
        var ledger = new Ledger();
        var member = Member.join("g" + generation, ledger, log, stream, stream + "-group", random.nextLong());
        try {
          Member.await("all to be read", ledger, Set.of(member), () -> ledger.hasReached(end));
        } finally {
          member.leave();
        }

        assertThat(ledger.effects()).as("generation %s", generation).hasSize(50);
      }
    });
  }

  @Test
  default void an_owner_that_cannot_say_where_to_start_is_asked_again() {
    var log = fixture().log();
    var stream = History.newStream(log, "asked", 1);
    try (var writer = log.writer()) {
      writer.append(History.entry(stream, "k", "1", 0)).join();
    }
    var asked = new AtomicInteger();
    var ownership = new Ownership() {
      @Override
      public Cursor assigned(Set<Partition> partitions) {
        if (asked.incrementAndGet() <= 2)
          throw new IllegalStateException("the database is away");
        return Cursor.start();
      }

      @Override
      public void revoked(Set<Partition> partitions) {}
    };

    try (var reader = log.reader(Set.of(stream), stream + "-group", ownership)) {
      for (var failures = 0; failures < 2; failures++) {
        assertThatThrownBy(() -> Reading.until(reader, records -> !records.isEmpty(), "the failure"))
            .isInstanceOf(IllegalStateException.class).hasMessage("the database is away");
      }

      assertThat(History.ids(Reading.until(reader, records -> !records.isEmpty(), "the record")))
          .containsExactly("1");
    }
  }

  /** With one member another comes, with three one goes, with two either. */
  private static void comeOrGo(ArrayDeque<Member> members, Ledger ledger, Random random, EventLog log,
      StreamName stream, String name) {
    if (members.size() > 2 || (members.size() > 1 && random.nextBoolean()))
      members.remove().leave();
    else
      members.add(Member.join(name, ledger, log, stream, stream + "-group", random.nextLong()));
  }
}
