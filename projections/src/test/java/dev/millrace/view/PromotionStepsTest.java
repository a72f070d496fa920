package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.test.ForkedJvm;
import dev.millrace.view.Shop.OrderTrail;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever promotes is killed, as kill -9 does, once before and once after each commit by which a promotion changes something; the view and its
 * effects are kept elsewhere.
 */
@OnTestedLog
@Tag("acceptance")
@Order(3)
class PromotionStepsTest {
  private static final int MOST_STEPS = 20;

  private final Stage stage = new Stage(2);
  private final Projection<OrderTrail> trails = EffectsProcess.trails(stage.shop);
  private final Generations generations = new Generations(trails, stage.log, stage.database);
  private long placed;

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void readers_see_the_one_or_the_other_and_each_effect_is_had_once_at_whichever_step_who_promotes_is_killed() {
    EffectsProcess.createTable(stage.database);
    try (var _ = Keeper.of(stage.runner(trails)).start()) {
      eventually().untilAsserted(
          () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
              .isNotEmpty());
      place();
      awaitKept();
      try (var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
          .start()) {
        rebuild.awaitCaughtUp(Stage.DEADLINE);
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
  private boolean promote(int generation, int step) {
    try (var process = ForkedStage.start(PromotionProcess.class, stage, "" + generation, "" + step)) {
      process.await("step " + step + " or the end of the promotion",
          () -> hasPrinted(process, PromotionProcess.AT_THE_STEP)
              || hasPrinted(process, PromotionProcess.PROMOTED));
      process.kill();
      return hasPrinted(process, PromotionProcess.PROMOTED);
    }
  }

  private static boolean hasPrinted(ForkedJvm process, String line) {
    return process.output().lines().anyMatch(line::equals);
  }

  private void place() {
    stage.place(Stage.placed("a", "Norway", "1", ++placed), Stage.placed("b", "Sweden", "1", ++placed));
  }

  private void awaitKept() {
    eventually().untilAsserted(() -> {
      assertThat(stage.rows(trails)).extracting(OrderTrail::order, OrderTrail::events)
          .containsExactly(tuple("a", placed / 2), tuple("b", placed / 2));
      assertThat(stage.strings("SELECT number FROM effects ORDER BY number")).hasSize((int) placed);
    });
  }
}
