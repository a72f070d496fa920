package dev.millrace.schema;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An event as a team may write it by hand; the generator's are tested on their own. */
record Order(String id, @Nullable String note, List<Line> lines, BigDecimal total, Instant at, State state,
    @Nullable Order replaces) implements Event {
  enum State {
    OPEN, SENT
  }

  record Line(String sku, int quantity, BigDecimal price) {
    static final Shape<Line> SHAPE = Shape.of(Line.class, List.of("sku", "quantity", "price"),
        (line, i) -> switch (i) {
          case 0 -> line.sku;
          case 1 -> line.quantity;
          default -> line.price;
        }, v -> new Line((String) v[0], (Integer) v[1], (BigDecimal) v[2]));

    Line {
      Objects.requireNonNull(sku, "sku");
      Objects.requireNonNull(price, "price");
    }
  }

  private static final String LINE_1 = """
      {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"},
        {"name": "quantity", "type": "int"}]}""";
  private static final String LINE_2 = """
      {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"},
        {"name": "quantity", "type": "int"}, {"name": "price", "default": "\\u0000",
        "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}]}""";

  private static String schema(String line, String last) {
    return """
        {"type": "record", "name": "Order", "namespace": "test.shop", "stream": "test.orders", "key": "id",
         "owner": "tests", "fields": [
          {"name": "id", "type": "string"},
          {"name": "note", "type": ["null", "string"], "default": null},
          {"name": "lines", "type": {"type": "array", "items": %s}},
          {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 3}},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OPEN", "SENT"]}}
          %s
        ]}""".formatted(line, last);
  }

  static final Shape<Order> SHAPE = new Shape<>(Order.class,
      List.of("id", "note", "lines", "total", "at", "state", "replaces"), Order::get, Order::make,
      Map.of("test.shop.Line", () -> Line.SHAPE, "test.shop.Order", () -> Order.SHAPE),
      Map.of("test.shop.State", List.of(State.values())));

  static final EventType<Order> TYPE = EventType.of(SHAPE, List.of(schema(LINE_1, ""),
      schema(LINE_2, ", {\"name\": \"replaces\", \"type\": [\"null\", \"Order\"], \"default\": null}")));

  Order {
    lines = List.copyOf(lines);
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(total, "total");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(state, "state");
  }

  private static @Nullable Object get(Order order, int i) {
    return switch (i) {
      case 0 -> order.id;
      case 1 -> order.note;
      case 2 -> order.lines;
      case 3 -> order.total;
      case 4 -> order.at;
      case 5 -> order.state;
      default -> order.replaces;
    };
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the compact constructor refuses what must not be null
  private static Order make(@Nullable Object[] v) {
    return new Order((String) v[0], (String) v[1], (List<Line>) v[2], (BigDecimal) v[3], (Instant) v[4],
        (State) v[5], (Order) v[6]);
  }

  static Order example() {
    var lines = new ArrayList<Line>();
    lines.add(new Line("85123A", 6, new BigDecimal("2.55")));
    lines.add(new Line("grün", -1, new BigDecimal("-0.01")));
    return new Order("536365", null, lines, new BigDecimal("139.120"), Instant.parse("2010-12-01T08:26:00Z"),
        State.SENT, null);
  }

  Order replacing(Order other) {
    return new Order(id, note, lines, total, at, state, other);
  }

  Order withTotal(BigDecimal changed) {
    return new Order(id, note, lines, changed, at, state, replaces);
  }

  Order withLines(List<Line> changed) {
    return new Order(id, note, changed, total, at, state, replaces);
  }

  Order withNote(String changed) {
    return new Order(id, changed, lines, total, at, state, replaces);
  }

  Order withAt(Instant changed) {
    return new Order(id, note, lines, total, changed, state, replaces);
  }

  @Override
  public EventType<Order> eventType() {
    return TYPE;
  }
}
