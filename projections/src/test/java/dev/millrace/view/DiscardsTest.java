package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What somebody has dropped from a view stays dropped. */
@OnTestedLog
@Timeout(value = 10, unit = TimeUnit.MINUTES) // at full size as well: an audit of an idle shard once waited for an hour
class DiscardsTest {
  private final Stage stage = new Stage(2);
  private final Mendable mendable = new Mendable(stage.shop, placed -> placed.number() < 0);

  @AfterEach
  void close() {
    stage.close();
  }

  private DeadLetters.Builder letters(Projection<OrderTrail> trails) {
    return DeadLetters.of(trails).codec(stage.codec).database(stage.database);
  }

  private void assertStaysDropped(Projection<OrderTrail> trails, String inOrder) {
    for (long number : new long[]{1, -2, 3, -4, 5})
      stage.place(Stage.placed("a", "Norway", "1", number));
    stage.caughtUp(stage.run(stage.runner(trails)));
    letters(trails).build().discard(Redrive.of(Filter.ALL), "ada", "sent twice");
    letters(trails).build().discard(Redrive.of(Filter.ALL), "ada", "sent twice");
    var before = stage.rows(trails);
    assertThat(before).extracting(OrderTrail::events).containsExactly(3L);
    mendable.mend();

    try (
        var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      assertThat(rebuild.progress().inOrder()).isEqualTo(inOrder);
      assertThat(rebuild.compare().same()).isTrue();
      rebuild.promote();
      assertThat(stage.rows(trails)).isEqualTo(before);
      assertThat(stage.parked()).isEmpty();
    }
    assertThat(Audit.of(trails).log(stage.log).codec(stage.codec).database(stage.database).run().same())
        .isTrue();
    try (var again = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database).start()) {
      again.awaitCaughtUp(Stage.DEADLINE);
      assertThat(again.compare().same()).isTrue();
    }
  }

  @Test
  void what_was_discarded_is_left_out_of_rebuilds_and_audits() {
    assertStaysDropped(mendable.trails, "");
  }

  @Test
  void it_is_left_out_where_a_rebuild_goes_in_order() {
    var trails = Projection.named("order-trails")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
        .on(stage.shop.placed(), Placed::order, mendable::fold)
        .sql(stage.shop.withdrawn(), (withdrawn, record, table, connection) -> {}).build();

    assertStaysDropped(trails, "it has SQL of its own");
  }

  @Test
  void what_was_discarded_from_a_generation_that_nobody_saw_is_not_left_out_of_the_next() {
    stage.place(Stage.placed("a", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(mendable.trails)));
    mendable.broken = placed -> true;
    try (var tried = Rebuild.of(mendable.trails).log(stage.log).codec(stage.codec).database(stage.database)
        .start()) {
      tried.awaitCaughtUp(Stage.DEADLINE);
      letters(mendable.trails).generation(2).build().discard(Redrive.of(Filter.ALL), "ada", "by mistake");
      tried.cancel();
    }
    mendable.mend();

    try (var rebuild = Rebuild.of(mendable.trails).log(stage.log).codec(stage.codec).database(stage.database)
        .start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.compare().same()).isTrue();
      assertThat(rebuild.compare().newRows()).isEqualTo(1);
    }
  }
}
