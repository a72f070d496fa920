package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.streams.Shop.CustomerRegistered;
import dev.millrace.streams.Shop.OrderCancelled;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.streams.Shop.OrderPlaced;
import dev.millrace.streams.Shop.ProductListed;
import java.util.function.Consumer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.junit.jupiter.api.Test;

class StreamAppTest {
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());

  @Test
  void two_types_of_one_stream_share_its_one_source() {
    var topology = topology(streams -> streams.stream(OrderPlaced.TYPE)
        .merge(streams.stream(OrderPlaced.TYPE)).foreach((key, order) -> {}));
    var both = app(streams -> {
      streams.stream(OrderPlaced.TYPE).foreach((key, order) -> {});
      streams.stream(OrderCancelled.TYPE).foreach((key, order) -> {});
    });

    assertThat(topology.describe().toString()).containsOnlyOnce("Source:");
    assertThat(both.describe().toString()).containsOnlyOnce("Source:").contains("order-placed-only",
        "order-cancelled-only");
  }

  @Test
  void a_type_that_the_app_has_not_declared_is_refused_with_the_line_to_add() {
    assertThatThrownBy(() -> topology(streams -> streams.stream(ProductListed.TYPE)))
        .isInstanceOf(StreamAppException.class).hasMessageContaining("add .reads(ProductListed.TYPE)");
    assertThatThrownBy(() -> topology(streams -> streams.table(CustomerRegistered.TYPE)))
        .hasMessageContaining("add .table(CustomerRegistered.TYPE)");
    assertThatThrownBy(() -> StreamApp.named("other").reads(OrderPlaced.TYPE)
        .topology(streams -> streams.to(OrderEnriched.TYPE, streams.stream(OrderPlaced.TYPE)
            .mapValues(order -> Orders.enriched(order.orderId()))))
        .topology(codec, stream -> 1)).hasMessageContaining("add .writes(OrderEnriched.TYPE)");
  }

  @Test
  void a_step_that_keeps_something_under_a_made_up_name_is_refused() {
    assertThatThrownBy(() -> topology(streams -> streams.stream(OrderPlaced.TYPE)
        .groupBy((key, order) -> "all", Grouped.with(streams.keySerde(), streams.serde(OrderPlaced.TYPE)))
        .count()))
        .isInstanceOfSatisfying(StreamAppException.class,
            refused -> assertThat(refused.code()).isEqualTo(StreamAppException.Code.UNNAMED))
        .hasMessageContaining("repartition topic").hasMessageContaining("Grouped.as");
  }

  @Test
  void a_definition_that_contradicts_itself_is_refused() {
    assertThatThrownBy(() -> StreamApp.named("Order Details")).hasMessageContaining("such as order-details");
    assertThatThrownBy(() -> StreamApp.named("a").writes(OrderEnriched.TYPE).topology(streams -> {}))
        .hasMessageContaining("reads nothing");
    assertThatThrownBy(
        () -> StreamApp.named("a").reads(OrderPlaced.TYPE).writes(OrderPlaced.TYPE).topology(streams -> {}))
        .hasMessageContaining("feed itself");
  }

  @Test
  void the_lock_names_what_is_kept_and_agrees_with_itself() {
    var lock = TopologyLock.of(OrderDetails.APP, OrderDetails.APP.topology(codec, stream -> 7));

    assertThat(lock.text()).contains("reads test.orders\n", "keeps order-placed-waiting\n",
        "keeps product-listed-table\n",
        "repartitions order-placed-answers-repartition\n",
        "repartitions order-placed-ask-product-listed-repartition\n",
        "writes test.enriched\n");
    lock.check(lock.text());
  }

  private Topology topology(Consumer<EventStreams> definition) {
    return StreamApp.named("other").reads(OrderPlaced.TYPE).table(ProductListed.TYPE).topology(definition)
        .topology(codec, stream -> 1);
  }

  private Topology app(Consumer<EventStreams> definition) {
    return StreamApp.named("other").reads(OrderPlaced.TYPE).reads(OrderCancelled.TYPE).topology(definition)
        .topology(codec, stream -> 1);
  }
}
