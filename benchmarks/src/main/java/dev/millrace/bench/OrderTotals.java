package dev.millrace.bench;

import bench.Order;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;

/** A view of the benchmarks' orders: as many rows as there are order ids. */
public record OrderTotals(@Key String orderId, long orders, long units, double total, long lastPlacedAt) {
  /** Of a table as a projection makes it, without its index. */
  static final String COLUMNS = " (order_id text COLLATE \"C\" NOT NULL, orders bigint NOT NULL, "
      + "units bigint NOT NULL, total double precision NOT NULL, last_placed_at bigint NOT NULL)";

  static Projection<OrderTotals> view(String name) {
    return Projection.named(name)
        .of(OrderTotals.class, (String orderId) -> new OrderTotals(orderId, 0, 0, 0, 0))
        .on(Order.TYPE, Order::orderId, OrderTotals::plus).build();
  }

  private OrderTotals plus(Order order) {
    return new OrderTotals(orderId, orders + 1, units + order.units(), total + order.total(),
        Math.max(lastPlacedAt, order.placedAt()));
  }
}
