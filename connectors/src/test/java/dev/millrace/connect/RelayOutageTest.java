package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.connect.RelayHealth.State;

/** The database and the log go away while a relay runs, and come back. */
@EnabledIf(value = "dev.millrace.connect.LogServer#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
class RelayOutageTest {
  private static Shop shop;

  @BeforeAll
  static void open(@TempDir Path folder) throws SQLException {
    shop = Shop.onOwnServers(folder, Duration.ofSeconds(10));
  }

  @AfterAll
  static void close() {
    if (shop != null)
      shop.close();
  }

  @Test
  void a_restart_of_the_database_loses_nothing() throws SQLException {
    try (var relay = shop.relay("restart").start()) {
      shop.sayEach("restart", 1, 100);
      await("some are relayed").until(() -> shop.read("restart").size() >= 50);

      shop.stopDatabase();
      await("the relay retries").until(() -> relay.health().state() == State.RETRYING);
      shop.startDatabaseAgain();
      shop.sayEach("restart", 101, 200);

      assertThat(shop.awaitRelayed("restart", 200)).containsExactlyElementsOf(numbers(1, 200));
      await("the relay relays").until(() -> relay.health().state() == State.RELAYING);
    }
  }

  @Test
  void an_outage_of_the_log_loses_nothing() throws SQLException {
    try (var relay = shop.relay("outage").start()) {
      shop.sayEach("outage", 1, 100);
      shop.awaitRelayed("outage", 100);

      shop.stopLog();
      shop.sayEach("outage", 101, 150);
      await("the relay retries").until(() -> relay.health().state() == State.RETRYING);
      assertThat(relay.health().lastError()).isPresent();
      await("the relay says how many wait").until(() -> relay.health().waiting().orElse(-1) == 50);
      shop.startLogAgain();
      shop.sayEach("outage", 151, 200);

      assertThat(shop.awaitRelayed("outage", 200)).containsExactlyElementsOf(numbers(1, 200));
      await("the relay relays").until(() -> relay.health().state() == State.RELAYING);
    }
  }

  /**
   * The server tells of a commit before anybody can see it: for as long as its synchronous standby does not answer, which
   * makes a moment long enough to be seen here.
   */
  @Test
  void a_commit_that_nobody_can_see_yet_is_relayed_in_its_place() throws Exception {
    try (var relay = shop.relay("unseen").start();
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var connection = shop.transaction()) {
      await("the relay relays").until(() -> relay.health().state() == State.RELAYING);
      execute(connection, "set synchronous_commit = local");
      connection.commit();
      try {
        shop.execute("alter system set synchronous_standby_names = 'nobody'");
        shop.execute("select pg_reload_conf()");
        await("commits wait").until(() -> shop.number(
            "select count(*) from pg_settings where name = 'synchronous_standby_names' and setting = 'nobody'") == 1);
        // The checkpointer is who makes commits wait, when it comes to read the setting: before it does what it is asked for here.
        shop.execute("checkpoint");
        var waiting = threads.submit(() -> {
          shop.sayEach("unseen", 1, 1);
          return null;
        });
        await("the commit waits").until(
            () -> shop.number("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == 1);
        shop.say(connection, "unseen", 2);
        connection.commit();
        await("the relay waits for it").until(() -> shop.number("select count(*) from pg_stat_activity where"
            + " application_name = 'millrace_unseen' and query like '%pg_locks%'") == 1);

        assertThat(shop.read("unseen")).isEmpty();
        allowCommits();
        await("the commit").until(waiting::isDone);
        waiting.get();
      } finally {
        allowCommits();
      }

      assertThat(shop.awaitRelayed("unseen", 2)).containsExactly(1L, 2L);
    }
  }

  private static void allowCommits() throws SQLException {
    shop.execute("alter system reset synchronous_standby_names");
    shop.execute("select pg_reload_conf()");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_slot_that_the_server_gave_up_on_loses_nothing() throws SQLException {
    try (var relay = shop.relay("behind").start()) {
      shop.sayEach("behind", 1, 10);
      shop.awaitRelayed("behind", 10);
      await("the relay relays").until(() -> relay.health().state() == State.RELAYING);
    }
    shop.sayEach("behind", 11, 60);
    await("the slot is lost").until(() -> {
      shop.number("select count(pg_logical_emit_message(false, 'filler', repeat('x', 50000000)))");
      shop.execute("checkpoint");
      return shop.number("select count(*) from pg_replication_slots where slot_name = 'millrace_behind'"
          + " and wal_status = 'lost'") == 1;
    });

    try (var _ = shop.relay("behind").start()) {
      shop.sayEach("behind", 61, 100);

      assertThat(shop.awaitRelayed("behind", 100)).containsExactlyElementsOf(numbers(1, 100));
    }
  }

  private static List<Long> numbers(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }
}
