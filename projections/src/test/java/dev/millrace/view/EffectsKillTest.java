package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.ForkedJvm;
import dev.millrace.test.Randomized;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A view is rebuilt, promoted and rolled back without end while events come, in a process that is killed at random moments. */
@OnTestedLog
@Tag("acceptance")
class EffectsKillTest {
  private static final int ROUNDS = Randomized.rounds(1, 3);
  private static final int KEYS = 20;

  /** No more events come while so many wait for their effects: a slow machine is not to have the more to do. */
  private static final int MOST_WAITING = 40;

  private final Stage stage = new Stage(3);
  private long number;

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void each_event_has_its_effect_once_and_in_the_order_of_its_key() throws Exception {
    var random = Randomized.random();
    var appended = new ArrayList<String>();
    EffectsProcess.createTable(stage.database);
    place(random, 50); // before there are any effects
    var trails = EffectsProcess.trails(stage.shop);
    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      eventually().untilAsserted(
          () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
              .isNotEmpty());
    }
    int switches = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (var process = ForkedStage.start(EffectsProcess.class, stage)) {
        int least = 1 + random.nextInt(2); // a switch needs a rebuild: no more of them than a busy machine has time for
        long before = effectCount();
        process.awaitAsserted(least + " switches and an effect, " + Randomized.repeat(), () -> {
          long effects = effectCount();
          if (appended.size() - effects < MOST_WAITING)
            appended.addAll(place(random, 1 + random.nextInt(20)));
          assertThat(switches(process)).isGreaterThanOrEqualTo(least);
          assertThat(effects).isGreaterThan(before);
        });
        boolean ended = process.process().waitFor(random.nextInt(300), MILLISECONDS);
        assertThat(ended).as("%s: %s", Randomized.repeat(), process).isFalse();
        process.kill();
        switches += switches(process);
      }
    }
    assertThat(switches).isGreaterThanOrEqualTo(ROUNDS);

    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      eventually().untilAsserted(() -> assertThat(effectCount()).as(Randomized.repeat())
          .isGreaterThanOrEqualTo(appended.size()));
      stage.caughtUp(
          stage.run(Runner.effectsOf(trails).log(stage.log).codec(stage.codec).database(stage.database)));
    }
    for (int key = 0; key < KEYS; key++) {
      var start = "order-" + key + " ";
      assertThat(effects()).as("key %d, %s", key, Randomized.repeat())
          .filteredOn(one -> one.startsWith(start))
          .containsExactlyElementsOf(appended.stream().filter(one -> one.startsWith(start)).toList());
    }
  }

  private long effectCount() {
    return Long.parseLong(stage.strings("SELECT count(*) FROM effects").getFirst());
  }

  private List<String> effects() {
    return stage.strings("SELECT key || ' ' || number FROM effects ORDER BY nr");
  }

  private List<String> place(Random random, int events) {
    var placed = new ArrayList<String>();
    for (int i = 0; i < events; i++) {
      var order = "order-" + random.nextInt(KEYS);
      boolean twice = TestedLog.CHOSEN == TestedLog.KINESIS && random.nextInt(10) == 0;
      stage.append(stage.shop.placed(), Stage.placed(order, "Norway", "1", ++number), twice ? 2 : 1);
      placed.add(order + " " + number);
    }
    stage.flush();
    return placed;
  }

  private static int switches(ForkedJvm process) {
    return (int) process.output().lines()
        .filter(line -> line.startsWith("promoted") || line.startsWith("rolled back")).count();
  }
}
