package dev.millrace.example.retail;

import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import shop.customers.CustomerMoved;
import shop.customers.CustomerRegistered;
import shop.sales.OrderCancelled;
import shop.sales.OrderPlaced;

/**
 * A customer at a glance. Where they live is said by one stream, what they bought by another: each has columns of its own,
 * so the order between the two streams does not matter.
 *
 * @param country where they live now; null until the customers service has said so
 * @param cancelled what was given back, never positive
 * @param revenue sales and cancellations together
 */
public record CustomerSummary(@Key String customerId, @Nullable String country, long orders,
    long cancellations,
    BigDecimal sales, BigDecimal cancelled, BigDecimal revenue, @Nullable Instant firstOrder,
    @Nullable Instant lastOrder) {

  static final Projection<CustomerSummary> VIEW = Projection.named("customer-summary")
      .of(CustomerSummary.class, CustomerSummary::none)
      .on(CustomerRegistered.TYPE, CustomerRegistered::customerId, (row, e) -> row.in(e.country()))
      .on(CustomerMoved.TYPE, CustomerMoved::customerId, (row, e) -> row.in(e.country()))
      .onEach(OrderPlaced.TYPE, e -> orNobody(e.customerId()), id -> id, (row, e, id) -> row.plus(e))
      .onEach(OrderCancelled.TYPE, e -> orNobody(e.customerId()), id -> id, (row, e, id) -> row.minus(e))
      .build();

  static CustomerSummary none(String customerId) {
    return new CustomerSummary(customerId, null, 0, 0, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO,
        null, null);
  }

  /** Guests are in no summary. */
  private static List<String> orNobody(@Nullable String customerId) {
    return customerId == null ? List.of() : List.of(customerId);
  }

  private CustomerSummary in(String country) {
    return new CustomerSummary(customerId, country, orders, cancellations, sales, cancelled, revenue,
        firstOrder, lastOrder);
  }

  private CustomerSummary plus(OrderPlaced order) {
    var total = Money.of(order.lines());
    var at = instant(order.placedAt());
    var first = firstOrder == null || at.isBefore(firstOrder) ? at : firstOrder;
    var last = lastOrder == null || at.isAfter(lastOrder) ? at : lastOrder;
    return new CustomerSummary(customerId, country, orders + 1, cancellations, sales.add(total), cancelled,
        revenue.add(total), first, last);
  }

  private CustomerSummary minus(OrderCancelled order) {
    var total = Money.of(order.lines());
    return new CustomerSummary(customerId, country, orders, cancellations + 1, sales,
        cancelled.subtract(total),
        revenue.subtract(total), firstOrder, lastOrder);
  }

  private static Instant instant(LocalDateTime local) {
    return local.atZone(Shop.ZONE).toInstant();
  }
}
