package dev.millrace.example.retail;

import dev.millrace.streams.Found;
import dev.millrace.streams.StreamApp;
import java.util.Optional;
import java.util.stream.Collectors;
import shop.catalog.ProductListed;
import shop.customers.CustomerRegistered;
import shop.sales.EnrichedLine;
import shop.sales.OrderEnriched;
import shop.sales.OrderLine;
import shop.sales.OrderPlaced;

/** Joins each order with the names of its products and with its customer, and publishes the whole. */
final class OrderDetailsApp {
  static final StreamApp APP = StreamApp.named("order-details") //
      .reads(OrderPlaced.TYPE).table(ProductListed.TYPE).table(CustomerRegistered.TYPE)
      .writes(OrderEnriched.TYPE)
      .topology(streams -> streams.to(OrderEnriched.TYPE,
          streams.enrich(OrderPlaced.TYPE, streams.stream(OrderPlaced.TYPE))
              .withAll(ProductListed.TYPE,
                  order -> order.lines().stream().map(OrderLine::stockCode).collect(Collectors.toSet()))
              .with(CustomerRegistered.TYPE, order -> Optional.ofNullable(order.customerId()))
              .by(OrderDetailsApp::enriched)));

  private OrderDetailsApp() {}

  private static OrderEnriched enriched(OrderPlaced order, Found found) {
    var customer = found.one(CustomerRegistered.TYPE, Optional.ofNullable(order.customerId()));
    var lines = order.lines().stream().map(line -> enriched(line, found)).toList();
    return new OrderEnriched(order.orderId(), order.customerId(),
        customer.map(CustomerRegistered::registeredAt).orElse(null), order.country(), order.placedAt(),
        lines);
  }

  private static EnrichedLine enriched(OrderLine line, Found found) {
    var description = found.one(ProductListed.TYPE, line.stockCode()).map(ProductListed::description);
    return new EnrichedLine(line.stockCode(), description.orElse(null), line.quantity(), line.unitPrice());
  }
}
