package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevPostgres;
import dev.millrace.log.EventLog;
import dev.millrace.test.Randomized;
import dev.millrace.view.Shop.CountryTotal;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnTestedLog
class FaultTest {
  /** An instance with a runner of each view, which a test can kill. */
  private static final class Instance {
    final FaultyDatabase database;
    final List<Runner> runners = new ArrayList<>();

    Instance(Stage stage, EventLog log, Random random) {
      database = new FaultyDatabase(stage.database);
      var chances = new Random(random.nextLong());
      database.beforeCommit = () -> sometimes(chances, "40P01");
      database.afterCommit = () -> sometimes(chances, "08006");
      runners.add(stage.run(stage.runner(stage.shop.orderTrails()).log(log).database(database.dataSource())));
      runners
          .add(stage.run(stage.runner(stage.shop.countryTotals()).log(log).database(database.dataSource())));
    }

    private static void sometimes(Random chances, String state) throws SQLException {
      synchronized (chances) {
        if (chances.nextInt(20) == 0)
          throw new SQLException("injected", state);
      }
    }

    void kill() {
      database.cut();
      runners.forEach(Runner::close);
    }

    void stopFaults() {
      database.beforeCommit = () -> {};
      database.afterCommit = () -> {};
    }
  }

  @Test
  void killed_and_restarted_at_random_every_event_changes_its_rows_once_and_in_order() {
    var random = Randomized.random();
    var history = new History(random, 3_000, 60, 5);
    // Few records at a time, so that every life has many commits for a fault to hit.
    try (var stage = new Stage(4);
        var log = TestedLog.CHOSEN.openFrugal(stage.database)) {
      var instances = new ArrayList<>(
          List.of(new Instance(stage, log, random), new Instance(stage, log, random)));
      int from = 0;
      for (int round = 0; round < 10; round++) {
        int to = round == 9 ? history.events.size() : from + 1 + random.nextInt(300);
        long before = round == 0 ? 0 : applied(stage);
        history.events.subList(from, to)
            .forEach(placed -> stage.append(stage.shop.placed(), placed));
        stage.flush();
        from = to;
        // One that is killed before it has its partitions has nothing to lose.
        eventually().untilAsserted(() -> assertThat(applied(stage)).isGreaterThan(before));
        LockSupport.parkNanos(random.nextInt(150_000_000));
        int victim = random.nextInt(2);
        instances.get(victim).kill();
        instances.set(victim, new Instance(stage, log, random));
      }
      instances.forEach(Instance::stopFaults);
      instances.getFirst().runners.forEach(stage::caughtUp);

      history.isIn(stage);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(Randomized.repeat(), e);
    }
  }

  private static long applied(Stage stage) {
    return Long.parseLong(
        stage.strings("SELECT coalesce(sum(events), 0) FROM millrace.checkpoint").getFirst());
  }

  @Test
  void two_instances_that_share_hot_rows_lose_and_double_nothing() {
    var history = new History(new Random(11), 6_000, 200, 3);
    try (var stage = new Stage(6)) {
      var one = stage.run(stage.runner(stage.shop.countryTotals()));
      stage.run(stage.runner(stage.shop.countryTotals()));
      eventually().untilAsserted(() -> assertThat(owners(stage)).containsExactly("2"));

      history.events.forEach(placed -> stage.append(stage.shop.placed(), placed));
      stage.caughtUp(one);

      assertThat(stage.rows(stage.shop.countryTotals())).containsExactlyElementsOf(history.countryTotals());
      assertThat(owners(stage)).containsExactly("2");
      assertThat(one.status().rows()).isEqualTo(3);
      assertThat(one.status().events()).isEqualTo(6_000);
    }
  }

  private static List<String> owners(Stage stage) {
    return stage.strings("SELECT count(DISTINCT owner) FROM millrace.checkpoint");
  }

  @Test
  void an_instance_that_slept_past_its_ownership_changes_nothing_and_joins_again() {
    try (var stage = new Stage(2);
        var impatient = TestedLog.CHOSEN.openImpatient(stage.database)) {
      stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "1", 2),
          Stage.placed("3", "Norway", "1", 3));
      var sleeping = new CountDownLatch(1);
      var awake = new CountDownLatch(1);
      var times = new AtomicInteger();
      var database = new FaultyDatabase(stage.database);
      var sleeper = stage
          .run(stage.runner(stage.shop.countryTotals()).log(impatient).database(database.dataSource()));
      eventually().untilAsserted(
          () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE \"position\" IS NOT NULL"))
              .isNotEmpty());
      database.beforeStatement = sql -> {
        if (!sql.startsWith("UPDATE millrace.checkpoint") || times.getAndIncrement() > 0)
          return;
        sleeping.countDown();
        sleepUntil(awake);
      };
      Runner other;
      try {
        stage.place(Stage.placed("1", "Norway", "10", 4), Stage.placed("2", "Norway", "10", 5),
            Stage.placed("3", "Norway", "10", 6));
        await("an instance that sleeps").until(() -> sleeping.getCount() == 0);

        other = stage.run(stage.runner(stage.shop.countryTotals()));
        eventually().untilAsserted(() -> assertThat(epochs(stage)).allMatch(epoch -> epoch.equals("2")));
      } finally {
        awake.countDown();
      }
      stage.caughtUp(other);
      stage.place(Stage.placed("1", "Norway", "100", 7), Stage.placed("2", "Norway", "100", 8));
      stage.caughtUp(other);

      assertThat(stage.rows(stage.shop.countryTotals()))
          .containsExactly(new CountryTotal("Norway", 8, new BigDecimal("233.000")));
      assertThat(sleeper.health().state()).isEqualTo(ViewStatus.State.RUNNING);
    }
  }

  private static List<String> epochs(Stage stage) {
    return stage.strings("SELECT epoch FROM millrace.checkpoint");
  }

  private static void sleepUntil(CountDownLatch awake) {
    try {
      awake.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_database_that_goes_away_and_comes_back_is_waited_for(@TempDir Path folder) {
    var history = new History(new Random(5), 2_000, 50, 4);
    try (var stage = new Stage(3)) {
      var server = DevPostgres.builder().dataDir(folder).start();
      int port = server.port();
      var database = server.dataSource();
      var onIt = TestedLog.CHOSEN.open(database);
      var runner = stage.run(stage.runner(stage.shop.countryTotals()).log(onIt).database(database));
      history.events.subList(0, 1_000).forEach(placed -> stage.append(stage.shop.placed(), placed));
      eventually().untilAsserted(() -> assertThat(runner.status().events()).isPositive());

      server.close();
      history.events.subList(1_000, 2_000).forEach(placed -> stage.append(stage.shop.placed(), placed));
      eventually()
          .untilAsserted(() -> assertThat(runner.health().state()).isEqualTo(ViewStatus.State.RETRYING));
      assertThat(runner.health().message()).isNotEmpty();
      assertThat(runner.status().state()).isEqualTo(ViewStatus.State.RETRYING);

      try (var again = DevPostgres.builder().dataDir(folder).port(port).start()) {
        assertThat(again.port()).isEqualTo(port);
        stage.caughtUp(runner);
        var rows = ReadModel.of(stage.shop.countryTotals(), database).query(Query.all()).rows();
        assertThat(rows).containsExactlyElementsOf(history.countryTotals());
        runner.close();
        onIt.close();
      }
    }
  }
}
