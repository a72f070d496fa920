package dev.millrace.runtime;

import dev.millrace.runtime.Sold.CountryRevenue;
import dev.millrace.runtime.Sold.ItemDay;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** The sales of one stream, and views of them. Tests that have a stream each can share a broker. */
final class Sales {
  final EventType<Sold> type;
  final Projection<CountryRevenue> countryRevenue;
  final Projection<ItemDay> itemDays;

  private Sales(String stream) {
    type = EventType.of(
        Shape.of(Sold.class, List.of("orderId", "country", "item", "total", "at"), (sold, i) -> switch (i) {
          case 0 -> sold.orderId();
          case 1 -> sold.country();
          case 2 -> sold.item();
          case 3 -> sold.total();
          default -> sold.at();
        }, v -> sold((String) v[0], (String) v[1], (String) v[2], (BigDecimal) v[3], (Instant) v[4])),
        List.of(
            """
                {"type": "record", "name": "Sold", "namespace": "test.shop", "stream": "%s", "key": "orderId",
                 "owner": "sales", "fields": [
                  {"name": "orderId", "type": "string"},
                  {"name": "country", "type": "string"},
                  {"name": "item", "type": "string"},
                  {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3}},
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"""
                .formatted(stream)));
    countryRevenue = Projection.named("country-revenue").of(CountryRevenue.class, CountryRevenue::none)
        .on(type, Sold::country, (row, sold) -> row.plus(sold.total())).build();
    itemDays = Projection.named("item-days").of(ItemDay.class, ItemDay::none)
        .on(type, Sold.Id::of, (row, sold) -> row.plusOne()).build();
  }

  static Sales in(String stream) {
    return new Sales(stream);
  }

  String stream() {
    return type.stream();
  }

  Sold sold(String orderId, String country, String item, String total) {
    return sold(orderId, country, item, new BigDecimal(total), Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  private Sold sold(String orderId, String country, String item, BigDecimal total, Instant at) {
    return new Sold(orderId, country, item, total, at, type);
  }
}
