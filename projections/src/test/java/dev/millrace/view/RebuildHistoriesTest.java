package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.EventLog;
import dev.millrace.test.Randomized;
import dev.millrace.view.Shop.Placed;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rebuilds of random histories under random faults at every commit: a refused one, a lost answer, a session that the database
 * ends, a process that is gone, events that come meanwhile, events that stand in the log twice. Each comes to what a fold of its
 * events one after the other comes to.
 */
@OnTestedLog
@Order(5)
class RebuildHistoriesTest {
  private static final int HISTORIES = Randomized.rounds(20, 200);
  private static final long SEED = Randomized.seed();
  private static final int OF_A_STREAM = 5;
  /** Most of the time they wait; a local Kinesis has one thread for all of them. */
  private static final int AT_ONCE = TestedLog.CHOSEN == TestedLog.KINESIS ? 3 : 6;

  @TempDir
  private Path folder;

  @Test
  void the_view_is_what_a_fold_of_its_events_comes_to() throws Exception {
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      try {
        var streams = new ArrayList<Future<?>>();
        for (int first = 0; first < HISTORIES; first += OF_A_STREAM) {
          int from = first;
          streams.add(threads.submit(() -> rebuildAll(from, Math.min(HISTORIES, from + OF_A_STREAM))));
        }
        for (var stream : streams)
          stream.get();
      } finally {
        threads.shutdownNow(); // after a failure the others do not run to their end
      }
    }
  }

  private void rebuildAll(int first, int last) {
    var random = new Random(SEED + first);
    try (var stage = new Stage(1 + random.nextInt(4));
        var log = TestedLog.CHOSEN.openFrugal(stage.database)) {
      var history = new History(random, 0, 1, 1);
      for (int i = first; i < last; i++)
        rebuildOnce(stage, log, history, random, "history " + i);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("in histories " + first + " to " + last + ", " + Randomized.repeat(), e);
    }
  }

  private void rebuildOnce(Stage stage, EventLog log, History history, Random random, String which) {
    boolean byOrder = random.nextBoolean();
    Projection<?> projection = byOrder ? stage.shop.orderTrails() : stage.shop.countryTotals();
    append(stage, history, random, 5 + random.nextInt(30));
    int deaths = random.nextInt(3);
    var faults = new Faults(stage, random, deaths > 0);
    var settings = settings(stage, projection, log, random);
    var rebuild = begun(settings.apply(faults).anew());
    try {
      for (; deaths > 0; deaths--) {
        faults.awaitDeath(rebuild);
        rebuild.close();
        faults = new Faults(stage, random, deaths > 1);
        rebuild = begun(settings.apply(faults));
      }
      append(stage, history, random, random.nextInt(15));
      faults.stop();
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      new Generations(projection, stage.log, stage.database).promoteUnverified(rebuild.generation());
      List<?> expected = byOrder ? history.orderTrails() : history.countryTotals();
      assertThat(stage.rows(projection)).as(which).isEqualTo(expected);
      assertThat(stage.parked()).as(which).isEmpty();
      assertThat(rebuild.status().events()).as(which).isEqualTo(history.events.size());
      assertThat(rebuild.status().rows()).as(which).isEqualTo(expected.size());
    } finally {
      rebuild.close();
    }
  }

  /** As somebody does who is told that the database does not do it now, and tries again; one that died in it died. */
  private static Rebuild begun(Rebuild.Builder settings) {
    while (true) {
      try {
        return settings.start();
      } catch (ViewException e) {
        if (e.code() != ViewException.Code.DATABASE_UNREACHABLE || Thread.currentThread().isInterrupted())
          throw e;
      }
    }
  }

  private Function<Faults, Rebuild.Builder> settings(Stage stage, Projection<?> projection, EventLog log,
      Random random) {
    long memory = List.of(1L, 3_000L, 1L << 20).get(random.nextInt(3));
    return faults -> Rebuild.of(projection).log(log).codec(stage.codec).database(faults.database.dataSource())
        .folder(folder).memory(memory).saveEvery(Duration.ZERO);
  }

  private static void append(Stage stage, History history, Random random, int events) {
    for (int i = 0; i < events; i++) {
      Placed placed = Stage.placed("order-" + random.nextInt(15), "country-" + random.nextInt(6),
          random.nextInt(1_000) + ".125", history.events.size());
      history.events.add(placed);
      boolean twice = TestedLog.CHOSEN == TestedLog.KINESIS && random.nextInt(10) == 0;
      stage.append(stage.shop.placed(), placed, twice ? 2 : 1);
    }
    stage.flush();
  }

  /** What goes wrong for one process, until it is gone. */
  private static final class Faults {
    private static final List<String> STATES = List.of("40P01", "08006", "57P01", "53300");

    final FaultyDatabase database;
    private final CompletableFuture<Boolean> dead = new CompletableFuture<>();
    private final Random chances;
    private final Stage stage;
    private int commitsLeft;
    private volatile boolean armed;

    Faults(Stage stage, Random random, boolean mortal) {
      this.stage = stage;
      this.database = new FaultyDatabase(stage.database);
      this.chances = new Random(random.nextLong());
      this.commitsLeft = mortal ? 1 + random.nextInt(12) : Integer.MAX_VALUE;
      database.beforeCommit = () -> maybe(0);
      database.afterCommit = () -> maybe(1);
    }

    private void maybe(int place) throws SQLException {
      synchronized (chances) {
        if (armed)
          commitsLeft -= place;
        boolean lastBefore = armed && place == 0 && commitsLeft == 1 && chances.nextBoolean();
        if (lastBefore || commitsLeft == 0) {
          database.cut();
          dead.complete(true);
        } else if (chances.nextInt(10) == 0) {
          throw new SQLException("injected", STATES.get(chances.nextInt(STATES.size())));
        } else if (chances.nextInt(30) == 0) {
          stage.strings("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
      }
    }

    /** One that has come to its end before it died has few commits left to die at. */
    void awaitDeath(Rebuild rebuild) {
      armed = true;
      eventually().untilAsserted(() -> {
        boolean done = rebuild.progress().phase() == RebuildProgress.Phase.FOLLOWING
            && rebuild.status().lag() == 0;
        assertThat(dead.isDone() || done).as("%s, %s", rebuild.progress(), rebuild.health()).isTrue();
      });
      database.cut();
    }

    void stop() {
      database.beforeCommit = () -> {};
      database.afterCommit = () -> {};
    }
  }
}
