package dev.millrace.example.retail;

import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import shop.sales.EnrichedLine;
import shop.sales.OrderEnriched;

/** An order with the names of its products: the mirror of what the order-details app publishes. */
public record OrderDetails(@Key String orderId, @Nullable String customerId, @Nullable Instant customerSince,
    String country, Instant placedAt, BigDecimal total, List<EnrichedLine> lines) {

  static final Projection<OrderDetails> VIEW = Projection.named("order-details")
      .of(OrderDetails.class, OrderDetails::none)
      .on(OrderEnriched.TYPE, OrderEnriched::orderId, (row, e) -> of(e)).build();

  static OrderDetails none(String orderId) {
    return new OrderDetails(orderId, null, null, "", Instant.EPOCH, BigDecimal.ZERO, List.of());
  }

  private static OrderDetails of(OrderEnriched order) {
    var total = BigDecimal.ZERO;
    for (var line : order.lines()) {
      total = total.add(line.unitPrice().multiply(BigDecimal.valueOf(line.quantity())));
    }
    return new OrderDetails(order.orderId(), order.customerId(), instant(order.customerSince()),
        order.country(),
        order.placedAt().atZone(Shop.ZONE).toInstant(), total, order.lines());
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime local) {
    return local == null ? null : local.atZone(Shop.ZONE).toInstant();
  }
}
