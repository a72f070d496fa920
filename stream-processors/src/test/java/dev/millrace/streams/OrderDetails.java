package dev.millrace.streams;

import dev.millrace.streams.Shop.CustomerRegistered;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.streams.Shop.OrderPlaced;
import dev.millrace.streams.Shop.ProductListed;

/** The shop's app that joins orders with the catalog and the customers. */
final class OrderDetails {
  private OrderDetails() {}

  static final StreamApp APP = StreamApp.named("order-details")
      .reads(OrderPlaced.TYPE).table(ProductListed.TYPE).table(CustomerRegistered.TYPE)
      .writes(OrderEnriched.TYPE)
      .topology(streams -> streams.to(OrderEnriched.TYPE,
          streams.enrich(OrderPlaced.TYPE, streams.stream(OrderPlaced.TYPE))
              .withAll(ProductListed.TYPE, OrderPlaced::stockCodes)
              .with(CustomerRegistered.TYPE, OrderPlaced::customer)
              .by(OrderDetails::enriched)));

  private static OrderEnriched enriched(OrderPlaced order, Found found) {
    if (order.orderId().startsWith("broken"))
      throw new IllegalStateException("the shop cannot enrich " + order.orderId());
    return new OrderEnriched(order.orderId(),
        found.one(CustomerRegistered.TYPE, order.customer()).map(CustomerRegistered::country).orElse(null),
        order.lines().stream()
            .map(line -> line.named(found.one(ProductListed.TYPE, line.stockCode()).map(ProductListed::name)))
            .toList());
  }
}
