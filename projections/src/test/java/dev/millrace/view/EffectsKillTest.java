package dev.millrace.view;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A view is rebuilt, promoted and rolled back without end while events come, in a process that is killed at random moments. More
 * rounds with {@code -Dmillrace.crash.rounds=50}, the same again with {@code -Dmillrace.crash.seed=…}.
 */
class EffectsKillTest {
  private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 3);
  private static final long SEED = Long.getLong("millrace.crash.seed", System.nanoTime());
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
  void each_event_has_its_effect_once_and_in_the_order_of_its_key(@TempDir Path folder) throws Exception {
    var random = new Random(SEED);
    var appended = new ArrayList<String>();
    EffectsProcess.createTable(stage.database);
    place(random, 50); // before there are any effects
    var trails = EffectsProcess.trails(stage.shop);
    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      Eventually
          .holds(() -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
              .isNotEmpty());
    }
    int switches = 0;
    for (int round = 0; round < ROUNDS; round++) {
      var output = folder.resolve("keeper-" + round + ".log");
      var process = Forked.start(EffectsProcess.class, output, ((PGSimpleDataSource) stage.database).getUrl(),
          stage.stream.value());
      try {
        int least = 1 + random.nextInt(2); // a switch needs a rebuild: no more of them than a busy machine has time for
        long before = effectCount();
        Eventually.holds(() -> {
          var said = Forked.said(output);
          assertThat(process.isAlive()).as("the keeper of seed %d: %s", SEED, said).isTrue();
          long effects = effectCount();
          if (appended.size() - effects < MOST_WAITING)
            appended.addAll(place(random, 1 + random.nextInt(20)));
          assertThat(switches(said)).as("seed %d: %s", SEED, said).isGreaterThanOrEqualTo(least);
          assertThat(effects).as("seed %d: %s", SEED, said).isGreaterThan(before);
        });
        boolean ended = process.waitFor(random.nextInt(300), MILLISECONDS);
        assertThat(ended).as("seed %d", SEED).isFalse();
      } finally {
        process.destroyForcibly().waitFor();
      }
      switches += switches(Forked.said(output));
    }
    assertThat(switches).isGreaterThanOrEqualTo(ROUNDS);

    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      Eventually.holds(
          () -> assertThat(effectCount()).as("seed %d", SEED).isGreaterThanOrEqualTo(appended.size()));
      stage.caughtUp(
          stage.run(Runner.effectsOf(trails).log(stage.log).codec(stage.codec).database(stage.database)));
    }
    for (int key = 0; key < KEYS; key++) {
      var start = "order-" + key + " ";
      assertThat(effects()).as("seed %d, key %d", SEED, key).filteredOn(one -> one.startsWith(start))
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

  private static int switches(String said) {
    return (int) said.lines()
        .filter(line -> line.startsWith("promoted") || line.startsWith("rolled back")).count();
  }
}
