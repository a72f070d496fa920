package dev.millrace.cli;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.util.List;

/** An event for tests, and a view of such events. */
record Sale(String number, String country, BigDecimal total) implements Event {
  private static final String SCHEMA = """
      {"type": "record", "name": "Sale", "namespace": "test.cli", "stream": "test.sales", "key": "number",
       "owner": "tests", "fields": [
        {"name": "number", "type": "string"},
        {"name": "country", "type": "string"},
        {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}}]}
      """;

  static final EventType<Sale> TYPE = EventType.of(Shape.of(Sale.class, List.of("number", "country", "total"),
      (sale, i) -> switch (i) {
        case 0 -> sale.number;
        case 1 -> sale.country;
        default -> sale.total;
      }, v -> new Sale((String) v[0], (String) v[1], (BigDecimal) v[2])), List.of(SCHEMA));

  /** What a country bought. */
  record CountrySales(@Key String country, long sales, BigDecimal total) {
    CountrySales plus(Sale sale) {
      return new CountrySales(country, sales + 1, total.add(sale.total()));
    }
  }

  static final Projection<CountrySales> VIEW = Projection.named("country-sales")
      .of(CountrySales.class, (String country) -> new CountrySales(country, 0, BigDecimal.ZERO))
      .on(TYPE, Sale::country, CountrySales::plus).build();

  @Override
  public EventType<Sale> eventType() {
    return TYPE;
  }
}
