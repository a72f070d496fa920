package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.EventType;
import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events of a former major version reach a view by way of an upcaster, also where they were parked meanwhile. */
@OnTestedLog
class UpcastRedriveTest {
  private final Stage stage = new Stage(1);
  private volatile boolean broken = true;

  @AfterEach
  void close() {
    stage.close();
  }

  private Placed tenTimes(Placed former) {
    if (broken && former.number() < 0)
      throw new IllegalArgumentException("a number below zero");
    return new Placed(former.order(), former.country(), former.lines(), former.total(), 10 * former.number());
  }

  private static OrderTrail trail(String order, long... numbers) {
    var row = new OrderTrail(order, "", 0, 7);
    for (long number : numbers)
      row = row.then(Stage.placed(order, "Norway", "1", number));
    return row;
  }

  @Test
  void an_event_that_its_upcaster_does_not_take_is_parked_and_redriven_through_a_better_one() {
    var former = stage.shop.placed();
    var first = former.newest().toString();
    var second = first.replaceFirst("\\{", "{\"upcaster\": \"test.shop.TenTimes\", ");
    var type = EventType.of(Placed.SHAPE, List.of(first, second), former, this::tenTimes);
    var trails = Projection.named("order-trails")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
        .on(type, Placed::order, OrderTrail::then).build();
    for (long number : List.of(1L, -2L, 3L))
      stage.append(former, Stage.placed("a", "Norway", "1", number));
    stage.append(type, Stage.placed("b", "Norway", "1", 4));
    stage.flush();

    stage.caughtUp(stage.run(stage.runner(trails)));

    assertThat(stage.rows(trails)).containsExactly(trail("a", 10), trail("b", 4));
    assertThat(stage.parked()).hasSize(2).first().asString().contains("a UNREADABLE");

    broken = false;
    var done = DeadLetters.of(trails).codec(stage.codec).database(stage.database).build()
        .redrive(Redrive.of(Filter.ALL));

    assertThat(done.queues()).singleElement().returns(0L, Redriven.Queue::parked);
    assertThat(stage.rows(trails)).containsExactly(trail("a", 10, -20, 30), trail("b", 4));
    assertThat(stage.parked()).isEmpty();
  }
}
