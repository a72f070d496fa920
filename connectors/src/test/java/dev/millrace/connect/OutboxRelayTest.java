package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;

import dev.millrace.log.EventSearch;
import dev.millrace.log.WriteToken;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.connect.RelayHealth.State;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.SharedServers;

@EnabledIf(value = "dev.millrace.connect.LogServer#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
class OutboxRelayTest {
  /** A limit for what hangs. */
  private static final Duration LONG = Duration.ofMinutes(3);
  private static Shop shop;
  private String who = "";

  @BeforeAll
  static void open() throws SQLException {
    shop = Shop.onSharedServers();
  }

  @AfterAll
  static void close() {
    if (shop != null)
      shop.close();
  }

  @BeforeEach
  void nameKeys(TestInfo test) {
    who = test.getTestMethod().orElseThrow().getName();
  }

  @Test
  void rows_from_before_the_first_start_are_relayed_before_those_after_it() throws SQLException {
    shop.sayEach(who, 1, 450);

    try (var relay = shop.relay("first").start()) {
      shop.sayEach(who, 451, 900);

      assertThat(shop.awaitRelayed(who, 900)).containsExactlyElementsOf(numbers(1, 900));
      assertThat(relay.health().relayed()).isEqualTo(900);
    }
  }

  @Test
  @Tag("every-log")
  void a_transaction_that_wrote_first_and_committed_last_is_relayed_last() throws SQLException {
    try (var relay = shop.relay("commits").start()) {
      relaying(relay);
      interleave();

      assertThat(shop.awaitRelayed(who, 4)).containsExactly(2L, 3L, 1L, 4L);
    }
  }

  @Test
  @Tag("every-log")
  void the_order_of_the_commits_holds_for_what_was_written_while_no_relay_ran() throws SQLException {
    try (var relay = shop.relay("commits-later").start()) {
      relaying(relay);
    }
    interleave();

    try (var _ = shop.relay("commits-later").start()) {
      assertThat(shop.awaitRelayed(who, 4)).containsExactly(2L, 3L, 1L, 4L);
    }
  }

  @Test
  void a_token_finds_its_event_once_it_is_relayed_and_not_where_it_was_rolled_back() throws SQLException {
    var search = new EventSearch(shop.log);
    try (var relay = shop.relay("tokens").start(); var connection = shop.transaction()) {
      relaying(relay);
      var never = (WriteToken.Coming) shop.say(connection, who, 7).token();
      connection.rollback();
      shop.say(connection, who, 1);
      var second = (WriteToken.Coming) shop.say(connection, who, 2).token();
      assertThat(search.find(second, Duration.ofMillis(300))).isEmpty();
      connection.commit();

      var found = search.find(second, LONG).orElseThrow();

      assertThat(found.eventId()).isEqualTo(second.eventId());
      assertThat(shop.log.end(Set.of(second.stream())).position(found.partition()).orElseThrow())
          .isGreaterThanOrEqualTo(found.position());
      assertThat(search.find(never, Duration.ofMillis(300))).isEmpty();
      assertThat(shop.awaitRelayed(who, 2)).containsExactly(1L, 2L);
    }
  }

  @Test
  void what_was_rolled_back_is_never_relayed() throws SQLException {
    try (var _ = shop.relay("rollback").start(); var connection = shop.transaction()) {
      shop.say(connection, who, 1);
      connection.rollback();
      shop.say(connection, who, 2);
      var savepoint = connection.setSavepoint();
      shop.say(connection, who, 3);
      connection.rollback(savepoint);
      connection.commit();
      shop.sayEach(who, 4, 4);

      assertThat(shop.awaitRelayed(who, 2)).containsExactly(2L, 4L);
    }
  }

  @Test
  @Tag("every-log")
  void a_second_relay_of_the_name_waits_and_takes_over() throws SQLException {
    try (var second = shop.relay("pair")) {
      try (var first = shop.relay("pair").start()) {
        relaying(first);
        second.start();

        await("the second is refused").until(() -> second.health().state() == State.RETRYING);

        assertThat(second.health().lastError().orElseThrow()).contains("another relay named 'pair'")
            .doesNotContain("s3cret-word");
        shop.sayEach(who, 1, 50);
        assertThat(shop.awaitRelayed(who, 50)).hasSize(50);
        assertThat(first.health().relayed()).isEqualTo(50);
      }
      relaying(second);
      shop.sayEach(who, 51, 100);

      assertThat(shop.awaitRelayed(who, 100)).containsExactlyElementsOf(numbers(1, 100));
    }
  }

  @Test
  void relays_of_one_name_on_two_servers_do_not_wait_for_each_other(@TempDir Path folder)
      throws SQLException {
    try (var other = Shop.onOwnServers(folder);
        var here = shop.relay("twins").start();
        var there = other.relay("twins").start()) {
      relaying(here);
      relaying(there);
      shop.sayEach(who, 1, 50);
      other.sayEach(who, 51, 100);

      assertThat(shop.awaitRelayed(who, 50)).containsExactlyElementsOf(numbers(1, 50));
      assertThat(other.awaitRelayed(who, 50)).containsExactlyElementsOf(numbers(51, 100));
    }
  }

  @Test
  @Tag("every-log")
  void a_slot_that_is_dropped_in_the_middle_loses_nothing() throws SQLException {
    try (var relay = shop.relay("dropped").start()) {
      relaying(relay);
      shop.sayEach(who, 1, 100);
      dropSlotOf("dropped");
      shop.sayEach(who, 101, 300);

      assertThat(shop.awaitRelayed(who, 300)).containsExactlyElementsOf(numbers(1, 300));
      relaying(relay);
      assertThat(relay.health().lastError()).isPresent();
    }
  }

  @Test
  void a_database_without_an_outbox_is_told_what_to_do() throws SQLException {
    var bare = SharedServers.uniqueName("bare");
    SharedServers.postgres().createDatabase(bare);
    try (var relay = OutboxRelay.builder().name("bare").log(shop.log)
        .database(SharedServers.postgres().jdbcUrl(bare), DevPostgres.USER, "").build().start()) {
      await("the relay has an error").until(() -> relay.health().lastError().isPresent());

      assertThat(relay.health().lastError().orElseThrow()).contains("Outbox.createTable");
    }
  }

  @Test
  void the_slot_moves_on_while_only_other_tables_are_written() throws SQLException {
    shop.execute("create table other (id bigint)");
    try (var relay = shop.relay("idle").start()) {
      relaying(relay);
      shop.execute("insert into other select generate_series(1, 1000)");
      long written = shop.number("select pg_current_wal_lsn() - '0/0'");

      await("the slot moves").until(() -> shop.number(
          "select confirmed_flush_lsn - '0/0' from pg_replication_slots where slot_name = 'millrace_idle'") >= written);
    }
  }

  @Test
  void a_relay_is_told_whom_it_serves() {
    assertThatIllegalArgumentException().isThrownBy(() -> OutboxRelay.builder().build());
    assertThatIllegalArgumentException().isThrownBy(() -> OutboxRelay.builder().name("Not A Name"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OutboxRelay.builder().database("http://localhost", "user", "s3cret-word"))
        .withMessageContaining("jdbc:postgresql://").withMessageNotContaining("s3cret-word");
  }

  /** 1 is written first, and committed after 2 and 3. */
  private void interleave() throws SQLException {
    try (var slow = shop.transaction()) {
      shop.say(slow, who, 1);
      shop.sayEach(who, 2, 3);
      slow.commit();
    }
    shop.sayEach(who, 4, 4);
  }

  private static void relaying(OutboxRelay relay) {
    await("the relay relays").untilAsserted(
        () -> assertThat(relay.health().state()).as("%s", relay.health()).isEqualTo(State.RELAYING));
  }

  private static void dropSlotOf(String relay) {
    var slot = "'millrace_" + relay + "'";
    await("the slot is dropped").until(() -> {
      try {
        shop.execute(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where active and slot_name = "
                + slot);
        shop.execute("select pg_drop_replication_slot(" + slot + ")");
        return true;
      } catch (SQLException e) {
        return false;
      }
    });
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }
}
