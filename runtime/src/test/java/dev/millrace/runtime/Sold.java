package dev.millrace.runtime;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The one event of these tests: something was sold. */
record Sold(String orderId, String country, String item, BigDecimal total, Instant at) implements Event {
  static final EventType<Sold> TYPE = EventType.of(
      Shape.of(Sold.class, List.of("orderId", "country", "item", "total", "at"), (sold, i) -> switch (i) {
        case 0 -> sold.orderId;
        case 1 -> sold.country;
        case 2 -> sold.item;
        case 3 -> sold.total;
        default -> sold.at;
      }, v -> new Sold((String) v[0], (String) v[1], (String) v[2], (BigDecimal) v[3], (Instant) v[4])),
      List.of(
          """
              {"type": "record", "name": "Sold", "namespace": "test.shop", "stream": "test.sales", "key": "orderId",
               "owner": "sales", "fields": [
                {"name": "orderId", "type": "string"},
                {"name": "country", "type": "string"},
                {"name": "item", "type": "string"},
                {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3}},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"""));

  static Sold of(String orderId, String country, String item, String total) {
    return new Sold(orderId, country, item, new BigDecimal(total), Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  @Override
  public EventType<Sold> eventType() {
    return TYPE;
  }

  record CountryRevenue(@Key String country, long orders, BigDecimal net) {
    static final Projection<CountryRevenue> VIEW = Projection.named("country-revenue")
        .of(CountryRevenue.class, (String country) -> new CountryRevenue(country, 0, BigDecimal.ZERO))
        .on(Sold.TYPE, Sold::country, (row, sold) -> row.plus(sold.total)).build();

    CountryRevenue plus(BigDecimal total) {
      return new CountryRevenue(country, orders + 1, net.add(total));
    }
  }

  record ItemDay(@Key String item, @Key LocalDate day, long sales) {
    static final Projection<ItemDay> VIEW = Projection.named("item-days")
        .of(ItemDay.class, (Id id) -> new ItemDay(id.item, id.day, 0))
        .on(Sold.TYPE, Id::of, (row, sold) -> new ItemDay(row.item, row.day, row.sales + 1)).build();
  }

  record Id(String item, LocalDate day) {
    static Id of(Sold sold) {
      return new Id(sold.item, LocalDate.ofInstant(sold.at, ZoneOffset.UTC));
    }
  }
}
