package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.Randomized;
import dev.millrace.view.DeadLetters.Filter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@OnTestedLog
class RedriveRaceTest {
  private static final int EVENTS = 4_000;
  private static final String LEADERLESS = """
      SELECT key FROM millrace.parked GROUP BY stream, key HAVING bool_and(reason = 'FOLLOWS')
      """;

  @Test
  void whoever_redrives_while_runners_park_every_event_changes_its_row_once_and_in_order() throws Exception {
    var random = Randomized.random();
    // Few keys and small batches: a key has events in most batches, so that they race with its redrive.
    var history = new History(random, EVENTS, 12, 3);
    try (var stage = new Stage(2);
        var log = TestedLog.CHOSEN.openFrugal(stage.database);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var view = new Mendable(stage.shop, placed -> placed.number() % 23 == 5);
      var letters = DeadLetters.of(view.trails).codec(stage.codec).database(stage.database).build();
      var runners = List.of(stage.run(stage.runner(view.trails).log(log)),
          stage.run(stage.runner(view.trails).log(log)));
      eventually()
          .untilAsserted(() -> assertThat(stage.strings("SELECT 1 FROM millrace.generation")).isNotEmpty());

      var over = new AtomicBoolean();
      var racing = new ArrayList<Future<Long>>();
      for (int i = 0; i < 3; i++)
        racing.add(threads.submit(redriver(view, letters, over, new Random(random.nextLong()))));
      var watching = threads.submit(() -> {
        while (!over.get() && !Thread.currentThread().isInterrupted())
          assertThat(stage.strings(LEADERLESS)).as("keys with followers of nothing").isEmpty();
        return 0;
      });
      try {
        for (int from = 0; from < EVENTS;) {
          int to = Math.min(EVENTS, from + 1 + random.nextInt(60));
          history.events.subList(from, to).forEach(placed -> stage.append(stage.shop.placed(), placed));
          stage.flush();
          from = to;
        }
        stage.caughtUp(runners.getFirst());
      } finally {
        over.set(true);
      }
      watching.get();
      long redriven = 0;
      for (var one : racing)
        redriven += one.get();
      view.mend();
      letters.redrive(Redrive.of(Filter.ALL));

      assertThat(redriven).as("records that were redriven meanwhile").isPositive();
      assertThat(stage.rows(view.trails)).containsExactlyElementsOf(history.orderTrails());
      assertThat(stage.parked()).isEmpty();
      assertThat(runners.getFirst().status()).returns((long) EVENTS, ViewStatus::events)
          .returns(0L, ViewStatus::parked).returns((long) history.orderTrails().size(), ViewStatus::rows);
    } catch (AssertionError | RuntimeException | ExecutionException e) {
      throw new AssertionError(Randomized.repeat(), e);
    }
  }

  /** Redrives again and again, in one of the ways there are, and answers how many records went through. */
  private static Callable<Long> redriver(Mendable view, DeadLetters letters, AtomicBoolean over,
      Random random) {
    var broken = view.broken;
    return () -> {
      long redriven = 0;
      while (!over.get() && !Thread.currentThread().isInterrupted()) {
        view.broken = random.nextBoolean() ? placed -> false : broken;
        var redrive = Redrive.of(random.nextBoolean()
            ? Filter.ALL
            : Filter.ofKey("order-" + random.nextInt(12)));
        if (random.nextInt(3) == 0)
          redrive = redrive.atRate(1 + random.nextInt(5_000)).forAtMost(Duration.ofMillis(20));
        boolean dry = random.nextInt(5) == 0;
        var done = letters.redrive(dry ? redrive.asDryRun() : redrive);
        if (!dry)
          redriven += done.queues().stream().mapToLong(Redriven.Queue::redriven).sum();
      }
      return redriven;
    };
  }
}
