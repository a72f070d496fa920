package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.MethodSource;
import test.kinds.Empty;
import test.kinds.EverythingHappened;
import test.kinds.Node;
import test.kinds.Size;
import test.sales.OrderLine;
import test.sales.OrderPlaced;

class GeneratedEventTest {
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());

  @Test
  void an_event_is_read_as_it_was_written() {
    var order = order(new BigDecimal("2.55"));

    assertThat(codec.decoder(List.of(OrderPlaced.TYPE)).decode(codec.encode(order))).contains(order);
    assertThat(OrderPlaced.TYPE.stream()).isEqualTo("test.sales.orders");
    assertThat(OrderPlaced.TYPE.keyOf(order)).isEqualTo("536365");
  }

  @Test
  void an_event_of_the_first_version_is_read_as_the_second() {
    var payload = codec.encode(OrderPlaced.TYPE.at(1), order(new BigDecimal("2.55")));

    assertThat(codec.decoder(List.of(OrderPlaced.TYPE)).decode(payload)).contains(order(BigDecimal.ZERO));
  }

  @ParameterizedTest
  @NullSource
  @MethodSource("eithers")
  void every_kind_of_field_is_read_as_it_was_written(@Nullable Object either) {
    var event = everything(either);

    var read = codec.decoder(List.of(EverythingHappened.TYPE)).decode(codec.encode(event));

    assertThat(read).contains(event);
    assertThat(EverythingHappened.TYPE.keyOf(event)).isEqualTo("default");
  }

  static List<Object> eithers() {
    return List.of("text", 1L, Size.LARGE, new test.kinds.List(List.of("a", "b")));
  }

  @Test
  void an_event_cannot_be_changed() {
    var bytes = new byte[]{1, 2, 3};
    var lines = new ArrayList<>(order(BigDecimal.ONE).lines());
    var order = new OrderPlaced("1", Instant.EPOCH, null, lines);
    var event = everything(null, bytes);

    lines.clear();
    bytes[0] = 9;
    event.raw().get();

    assertThat(order.lines()).hasSize(2);
    assertThat(event.raw()).isEqualTo(ByteBuffer.wrap(new byte[]{1, 2, 3}));
    assertThat(event.raw().isReadOnly()).isTrue();
    assertThatThrownBy(() -> event.grid().clear()).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> event.tags().clear()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_component_that_must_be_there_is_named() {
    assertThatThrownBy(() -> OrderPlaced.SHAPE.make().apply(new Object[]{null, null, null, null}))
        .isInstanceOf(NullPointerException.class).hasMessage("orderId");
    assertThatThrownBy(() -> OrderPlaced.SHAPE.make().apply(new Object[]{"1", Instant.EPOCH, null, null}))
        .hasMessage("lines");
    assertThatThrownBy(() -> OrderPlaced.SHAPE.make()
        .apply(new Object[]{"1", Instant.EPOCH, null,
            Arrays.asList(new OrderLine("a", 1, BigDecimal.ONE), null)}))
        .hasMessage("lines holds null");
  }

  @Test
  void a_decimal_that_does_not_fit_is_refused_when_it_is_written() {
    assertThatThrownBy(() -> codec.encode(order(new BigDecimal("0.0001"))))
        .isInstanceOf(SchemaException.class)
        .hasMessage("test.sales.OrderPlaced: lines[0].unitPrice: 0.0001 has more than 3 decimal places");
  }

  private static OrderPlaced order(BigDecimal price) {
    return new OrderPlaced("536365", Instant.parse("2010-12-01T08:26:00.000999Z"), null,
        List.of(new OrderLine("85123A", 6, price), new OrderLine("71053", -6, price)));
  }

  private static EverythingHappened everything(@Nullable Object either) {
    return everything(either, new byte[]{1, 2, 3});
  }

  private static EverythingHappened everything(@Nullable Object either, byte[] raw) {
    var at = Instant.parse("1969-07-20T20:17:40.123456789Z");
    var local = LocalDateTime.of(2026, 11, 21, 7, 46, 0, 123_456_789);
    var tags = new LinkedHashMap<String, @Nullable String>();
    tags.put("z", null);
    tags.put("ä", "ü€😀");
    var leaf = new Node("leaf", null, Map.of(), new Empty());
    return new EverythingHappened(Size.default_, true, Integer.MIN_VALUE, Long.MIN_VALUE, Float.NaN, -0.0,
        "class",
        null, null, ByteBuffer.wrap(raw), ByteBuffer.wrap(new byte[]{1, 2, 3, 4}),
        new BigDecimal("-1234567890123456789012345678.9"), new BigDecimal("-1234567890123456.7890"),
        LocalDate.of(1, 1, 1), LocalTime.MAX, LocalTime.MAX, at, at, local, local, new UUID(1, -2),
        new UUID(-3, 4), either, tags, List.of(new BigDecimal("1"), new BigDecimal("1.230")),
        List.of(List.of(), Arrays.asList(1, null, 3)),
        List.of(new Node("root", leaf, Map.of("leaf", leaf), new Empty())));
  }
}
