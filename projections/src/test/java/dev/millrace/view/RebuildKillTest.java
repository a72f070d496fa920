package dev.millrace.view;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.Randomized;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process of a rebuild at random moments, and goes on in another. */
@OnTestedLog
@Tag("acceptance")
class RebuildKillTest {
  private static final int ROUNDS = Randomized.rounds(2, 3);
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
    var random = Randomized.random();
    new History(random, EVENTS, 300, 5).events
        .forEach(
            placed -> stage.append(stage.shop.placed(), placed, random.nextInt(10) == 0 ? repeats() : 1));
    stage.caughtUp(stage.run(stage.runner(trails)));

    for (long memory : List.of(1L << 20, 20_000L)) {
      int generation = 0;
      for (int round = 0; round < ROUNDS; round++) {
        try (var process = ForkedStage.start(RebuildProcess.class, stage, folder.toString(),
            Long.toString(memory))) {
          long before = saved();
          process.awaitAsserted("records of the rebuild, " + Randomized.repeat(),
              () -> assertThat(saved()).isGreaterThan(Math.min(before, EVENTS - 1)));
          process.process().waitFor(random.nextInt(300), MILLISECONDS);
        }
        generation = Integer
            .parseInt(stage.strings("SELECT max(generation) FROM millrace.generation").getFirst());
      }
      try (var last = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
          .folder(folder)
          .memory(memory).start()) {
        last.awaitCaughtUp(Stage.DEADLINE);
        assertThat(last.generation()).as(Randomized.repeat()).isEqualTo(generation);
        assertThat(last.progress().inOrder()).as(Randomized.repeat()).isEmpty();
        assertThat(rows(generation)).as(Randomized.repeat()).isEqualTo(rows(1)).isNotEmpty();
        assertThat(last.status().events()).as(Randomized.repeat()).isEqualTo(EVENTS);
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
