package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.view.Shop.OrderTrail;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Whoever promotes is killed, as kill -9 does, once before and once after each commit by which a promotion changes something; the view and its
 * effects are kept elsewhere.
 */
class PromotionStepsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MOST_STEPS = 20;

  private final Stage stage = new Stage(2);
  private final Projection<OrderTrail> trails = EffectsProcess.trails(stage.shop);
  private final Generations generations = new Generations(trails, stage.log, stage.database);
  private long placed;

  @TempDir
  Path folder;

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void readers_see_the_one_or_the_other_and_each_effect_is_had_once_at_whichever_step_who_promotes_is_killed()
      throws Exception {
    EffectsProcess.createTable(stage.database);
    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      Eventually.holds(
          () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
              .isNotEmpty());
      place();
      awaitKept();
      try (var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
          .start()) {
        rebuild.awaitCaughtUp(LONG);
        boolean promoted = false;
        for (int step = 1; !promoted; step++) {
          assertThat(step).isLessThan(MOST_STEPS);
          promoted = promote(rebuild.generation(), step);
          assertThat(stage.strings("SELECT pg_get_viewdef('views.order_trails'::regclass)"))
              .as("after step %s", step)
              .singleElement().asString().contains("order_trails_g" + generations.live());
          place();
          awaitKept();
          generations.promoteUnverified(1);
        }
        generations.promote(2);
        place();
        awaitKept();
      }
    }
  }

  /** True where the promotion made no such step, and so was done. */
  private boolean promote(int generation, int step) throws Exception {
    var output = folder.resolve("step-" + step + ".log");
    var process = Forked.start(PromotionProcess.class, output,
        ((PGSimpleDataSource) stage.database).getUrl(), stage.stream.value(), "" + generation, "" + step);
    try {
      Eventually.holds(() -> assertThat(Forked.said(output)).containsAnyOf(PromotionProcess.AT_THE_STEP,
          PromotionProcess.PROMOTED));
    } finally {
      process.destroyForcibly().waitFor();
    }
    return Forked.said(output).contains(PromotionProcess.PROMOTED);
  }

  private void place() {
    stage.place(Stage.placed("a", "Norway", "1", ++placed), Stage.placed("b", "Sweden", "1", ++placed));
  }

  private void awaitKept() {
    Eventually.holds(() -> {
      assertThat(stage.rows(trails)).extracting(OrderTrail::order, OrderTrail::events)
          .containsExactly(tuple("a", placed / 2), tuple("b", placed / 2));
      assertThat(stage.strings("SELECT number FROM effects ORDER BY number")).hasSize((int) placed);
    });
  }
}
