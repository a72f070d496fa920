package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events of a small shop. */
final class Shop {
  private Shop() {}

  /** A line of an order, with the name of its product once it is known. */
  record Line(String stockCode, int quantity, long pence, @Nullable String name) {
    static final Shape<Line> SHAPE = Shape.of(Line.class, List.of("stockCode", "quantity", "pence", "name"),
        (line, i) -> switch (i) {
          case 0 -> line.stockCode;
          case 1 -> line.quantity;
          case 2 -> line.pence;
          default -> line.name;
        }, v -> new Line((String) v[0], (Integer) v[1], (Long) v[2], (String) v[3]));

    Line { Objects.requireNonNull(stockCode, "stockCode"); }

    Line named(Optional<String> found) {
      return new Line(stockCode, quantity, pence, found.orElse(null));
    }
  }

  private static final String LINES = """
      {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
        {"name": "stockCode", "type": "string"}, {"name": "quantity", "type": "int"},
        {"name": "pence", "type": "long"}, {"name": "name", "type": ["null", "string"], "default": null}]}}}""";

  record OrderPlaced(String orderId, @Nullable String customerId, List<Line> lines) implements Event {
    static final EventType<OrderPlaced> TYPE = EventType.of(
        new Shape<>(OrderPlaced.class, List.of("orderId", "customerId", "lines"), (order, i) -> switch (i) {
          case 0 -> order.orderId;
          case 1 -> order.customerId;
          default -> order.lines;
        }, v -> new OrderPlaced((String) v[0], (String) v[1], linesOf(v[2])),
            Map.of("test.shop.Line", () -> Line.SHAPE),
            Map.of()),
        List.of(schema("OrderPlaced", "test.orders", "orderId", """
            {"name": "orderId", "type": "string"},
            {"name": "customerId", "type": ["null", "string"], "default": null},""" + LINES)));

    OrderPlaced { lines = List.copyOf(lines); }

    Optional<String> customer() {
      return Optional.ofNullable(customerId);
    }

    List<String> stockCodes() {
      return lines.stream().map(Line::stockCode).toList();
    }

    @Override
    public EventType<OrderPlaced> eventType() {
      return TYPE;
    }
  }

  /** Says that an order is off; on the stream of orders too. */
  record OrderCancelled(String orderId) implements Event {
    static final EventType<OrderCancelled> TYPE = EventType.of(
        Shape.of(OrderCancelled.class, List.of("orderId"), (order, i) -> order.orderId,
            v -> new OrderCancelled((String) v[0])),
        List.of(schema("OrderCancelled", "test.orders", "orderId", """
            {"name": "orderId", "type": "string"}""")));

    @Override
    public EventType<OrderCancelled> eventType() {
      return TYPE;
    }
  }

  record ProductListed(String stockCode, String name) implements Event {
    static final EventType<ProductListed> TYPE = EventType.of(
        Shape.of(ProductListed.class, List.of("stockCode", "name"),
            (product, i) -> i == 0 ? product.stockCode : product.name,
            v -> new ProductListed((String) v[0], (String) v[1])),
        List.of(schema("ProductListed", "test.products", "stockCode", """
            {"name": "stockCode", "type": "string"}, {"name": "name", "type": "string"}""")));

    @Override
    public EventType<ProductListed> eventType() {
      return TYPE;
    }
  }

  record CustomerRegistered(String customerId, String country) implements Event {
    static final EventType<CustomerRegistered> TYPE = EventType.of(
        Shape.of(CustomerRegistered.class, List.of("customerId", "country"),
            (customer, i) -> i == 0 ? customer.customerId : customer.country,
            v -> new CustomerRegistered((String) v[0], (String) v[1])),
        List.of(schema("CustomerRegistered", "test.customers", "customerId", """
            {"name": "customerId", "type": "string"}, {"name": "country", "type": "string"}""")));

    @Override
    public EventType<CustomerRegistered> eventType() {
      return TYPE;
    }
  }

  record OrderEnriched(String orderId, @Nullable String country, List<Line> lines) implements Event {
    static final EventType<OrderEnriched> TYPE = EventType.of(
        new Shape<>(OrderEnriched.class, List.of("orderId", "country", "lines"), (order, i) -> switch (i) {
          case 0 -> order.orderId;
          case 1 -> order.country;
          default -> order.lines;
        }, v -> new OrderEnriched((String) v[0], (String) v[1], linesOf(v[2])),
            Map.of("test.shop.Line", () -> Line.SHAPE), Map.of()),
        List.of(schema("OrderEnriched", "test.enriched", "orderId", """
            {"name": "orderId", "type": "string"},
            {"name": "country", "type": ["null", "string"], "default": null},""" + LINES)));

    OrderEnriched { lines = List.copyOf(lines); }

    @Override
    public EventType<OrderEnriched> eventType() {
      return TYPE;
    }
  }

  private static String schema(String name, String stream, String key, String fields) {
    return """
        {"type": "record", "name": "%s", "namespace": "test.shop", "stream": "%s", "key": "%s", "owner": "tests",
         "fields": [%s]}"""
        .formatted(name, stream, key, fields);
  }

  @SuppressWarnings("unchecked") // the codec makes the list that the schema says
  private static List<Line> linesOf(@Nullable Object value) {
    return (List<Line>) Objects.requireNonNull(value, "lines");
  }
}
