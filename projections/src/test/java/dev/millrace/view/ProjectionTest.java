package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.StreamName;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import org.junit.jupiter.api.Test;

class ProjectionTest {
  private final Shop shop = Shop.on("test.orders");

  @Test
  void a_projection_knows_its_streams_its_types_and_its_columns() {
    var projection = shop.orderTrails();

    assertThat(projection.streams()).containsExactly(StreamName.of("test.orders"));
    assertThat(projection.types()).extracting(type -> type.name()).containsExactly("test.shop.Placed",
        "test.shop.Withdrawn");
    assertThat(projection.columns()).containsExactly("order", "country", "events", "trail");
    assertThat(projection.keyColumns()).containsExactly("order");
  }

  @Test
  void the_name_the_row_and_the_want_of_events_are_faults_said_at_once() {
    record Bad(StringBuilder text) {}

    assertThatThrownBy(
        () -> Projection.named("Bad_Name").of(Bad.class, (String key) -> new Bad(new StringBuilder()))
            .inSchema("no\"good").build())
        .isInstanceOf(ViewException.class).hasMessageContaining("'Bad_Name'")
        .hasMessageContaining("no\"good").hasMessageContaining("on(…)").hasMessageContaining("Bad.text")
        .hasMessageContaining("@Key");
  }

  @Test
  void a_name_that_is_another_views_table_is_refused() {
    assertThatThrownBy(() -> Projection.named("orders-g1")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 0))
        .on(shop.placed(), Placed::order, OrderTrail::then).build()).hasMessageContaining("orders-g1");
  }

  @Test
  void another_row_or_version_makes_another_fingerprint() {
    var first = Projection.named("orders")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 0))
        .on(shop.placed(), Placed::order, OrderTrail::then);
    var before = first.build().fingerprint();

    assertThat(shop.orderTrails().fingerprint()).isNotEqualTo(before);
    assertThat(first.version(2).build().fingerprint()).isNotEqualTo(before);
    assertThat(first.version(1).build().fingerprint()).isEqualTo(before);
  }
}
