package dev.millrace.view;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Kills the process of a rebuild at random moments, and goes on in another. More rounds with {@code
 * -Dmillrace.crash.rounds=50}, the same again with {@code -Dmillrace.crash.seed=…}.
 */
class RebuildKillTest {
  private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 3);
  private static final long SEED = Long.getLong("millrace.crash.seed", System.nanoTime());
  private static final int EVENTS = 3_000;

  private final Stage stage = new Stage(3);
  private final Projection<?> trails = stage.shop.orderTrails();

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void what_goes_on_after_kills_comes_to_the_same_as_what_was_never_killed(@TempDir Path folder)
      throws Exception {
    var random = new Random(SEED);
    new History(random, EVENTS, 300, 5).events
        .forEach(
            placed -> stage.append(stage.shop.placed(), placed, random.nextInt(10) == 0 ? repeats() : 1));
    stage.caughtUp(stage.run(stage.runner(trails)));

    for (long memory : List.of(1L << 20, 20_000L)) {
      int generation = 0;
      for (int round = 0; round < ROUNDS; round++) {
        var output = folder.resolve("rebuild-" + memory + "-" + round + ".log");
        var process = Forked.start(RebuildProcess.class, output,
            ((PGSimpleDataSource) stage.database).getUrl(),
            stage.stream.value(), folder.toString(), Long.toString(memory));
        try {
          long before = saved();
          Eventually.holds(() -> {
            assertThat(process.isAlive()).as("the rebuild of seed %d, see %s", SEED, output).isTrue();
            assertThat(saved()).isGreaterThan(Math.min(before, EVENTS - 1));
          });
          process.waitFor(random.nextInt(300), MILLISECONDS);
        } finally {
          process.destroyForcibly().waitFor();
        }
        generation = Integer
            .parseInt(stage.strings("SELECT max(generation) FROM millrace.generation").getFirst());
      }
      try (var last = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
          .folder(folder)
          .memory(memory).start()) {
        last.awaitCaughtUp(Duration.ofSeconds(60));
        assertThat(last.generation()).as("seed %d", SEED).isEqualTo(generation);
        assertThat(last.progress().inOrder()).as("seed %d", SEED).isEmpty();
        assertThat(rows(generation)).as("seed %d", SEED).isEqualTo(rows(1)).isNotEmpty();
        assertThat(last.status().events()).as("seed %d", SEED).isEqualTo(EVENTS);
        last.promote();
      }
    }
  }

  private static int repeats() {
    return TestedLog.CHOSEN == TestedLog.KINESIS ? 2 : 1;
  }

  /** How many records the last rebuild that is not done has written down. */
  private long saved() {
    return stage.strings("SELECT coalesce(max((filling->>'records')::bigint), 0) FROM millrace.generation")
        .stream()
        .mapToLong(Long::parseLong).sum();
  }

  private List<String> rows(int generation) {
    return stage.strings("SELECT t::text FROM views.order_trails_g" + generation + " t ORDER BY 1");
  }
}
