package dev.millrace.view;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The events of a small shop, on a stream of the test's choice. */
record Shop(EventType<Placed> placed, EventType<Withdrawn> withdrawn) {
  record Line(String code, long quantity) {
    static final Shape<Line> SHAPE = Shape.of(Line.class, List.of("code", "quantity"),
        (line, i) -> i == 0 ? line.code : (Object) line.quantity, v -> new Line((String) v[0], (Long) v[1]));
  }

  record Placed(String order, String country, List<Line> lines, BigDecimal total,
      long number) implements Event {
    static final Shape<Placed> SHAPE = new Shape<>(Placed.class,
        List.of("order", "country", "lines", "total", "number"), (placed, i) -> switch (i) {
          case 0 -> placed.order;
          case 1 -> placed.country;
          case 2 -> placed.lines;
          case 3 -> placed.total;
          default -> placed.number;
        }, Shop::placed, Map.of("test.shop.Line", () -> Line.SHAPE), Map.of());

    @Override
    public EventType<Placed> eventType() {
      return Shop.on("test.orders").placed;
    }
  }

  record Withdrawn(String order, String country) implements Event {
    static final Shape<Withdrawn> SHAPE = Shape.of(Withdrawn.class, List.of("order", "country"),
        (withdrawn, i) -> i == 0 ? withdrawn.order : withdrawn.country,
        v -> new Withdrawn((String) v[0], (String) v[1]));

    @Override
    public EventType<Withdrawn> eventType() {
      return Shop.on("test.orders").withdrawn;
    }
  }

  private static String placedSchema(String stream) {
    return """
        {"type": "record", "name": "Placed", "namespace": "test.shop", "stream": "%s", "key": "order",
         "owner": "tests", "fields": [
          {"name": "order", "type": "string"},
          {"name": "country", "type": "string"},
          {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
            {"name": "code", "type": "string"}, {"name": "quantity", "type": "long"}]}}},
          {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 3}},
          {"name": "number", "type": "long"}]}
        """.formatted(stream);
  }

  private static String withdrawnSchema(String stream) {
    return """
        {"type": "record", "name": "Withdrawn", "namespace": "test.shop", "stream": "%s", "key": "order",
         "owner": "tests", "fields": [
          {"name": "order", "type": "string"},
          {"name": "country", "type": "string"}]}
        """.formatted(stream);
  }

  static Shop on(String stream) {
    return new Shop(EventType.of(Placed.SHAPE, List.of(placedSchema(stream))),
        EventType.of(Withdrawn.SHAPE, List.of(withdrawnSchema(stream))));
  }

  @SuppressWarnings("unchecked") // what the codec gives for an array of lines
  private static Placed placed(Object[] v) {
    return new Placed((String) v[0], (String) v[1], (List<Line>) v[2], (BigDecimal) v[3], (Long) v[4]);
  }

  /** How much a country ordered: a row that events of many orders change, in no order between them. */
  record CountryTotal(@Key String country, long orders, BigDecimal total) {
    CountryTotal plus(Placed placed) {
      if (placed.number() < 0)
        throw new IllegalArgumentException("a number below zero: " + placed.number());
      return new CountryTotal(country, orders + 1, total.add(placed.total()));
    }
  }

  /** What one order went through, in order: any event that is lost, doubled or out of place changes the trail. */
  record OrderTrail(@Key String order, String country, long events, long trail) {
    OrderTrail then(Placed placed) {
      return new OrderTrail(order, placed.country(), events + 1, trail * 31 + placed.number());
    }
  }

  /** How much of a product was ordered. */
  record ProductTotal(@Key String code, long quantity) {
    ProductTotal plus(Line line) {
      return new ProductTotal(code, quantity + line.quantity());
    }
  }

  Projection<CountryTotal> countryTotals() {
    return countryTotals(_ -> {});
  }

  /** @param before is called with each event before it is applied */
  Projection<CountryTotal> countryTotals(Consumer<Placed> before) {
    return Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
        .on(placed, Placed::country, (row, event) -> {
          before.accept(event);
          return row.plus(event);
        }).build();
  }

  Projection<OrderTrail> orderTrails() {
    return Projection.named("order-trails")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
        .on(placed, Placed::order, OrderTrail::then).removedBy(withdrawn, Withdrawn::order).build();
  }

  Projection<ProductTotal> productTotals() {
    return Projection.named("product-totals")
        .of(ProductTotal.class, (String code) -> new ProductTotal(code, 0))
        .onEach(placed, Placed::lines, Line::code, (row, placed, line) -> row.plus(line)).build();
  }
}
