package dev.millrace.example.retail;

import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.time.LocalDate;
import shop.sales.OrderCancelled;
import shop.sales.OrderPlaced;

/**
 * A day of the shop, by its local time.
 *
 * @param cancelled what was given back that day, never positive
 */
public record DailySales(@Key LocalDate day, long orders, long lines, long units, BigDecimal sales,
    BigDecimal cancelled) {

  static final Projection<DailySales> VIEW = Projection.named("daily-sales")
      .of(DailySales.class, DailySales::none)
      .on(OrderPlaced.TYPE, e -> e.placedAt().toLocalDate(), DailySales::plus)
      .on(OrderCancelled.TYPE, e -> e.cancelledAt().toLocalDate(), DailySales::minus).build();

  static DailySales none(LocalDate day) {
    return new DailySales(day, 0, 0, 0, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  private DailySales plus(OrderPlaced order) {
    long sold = order.lines().stream().mapToLong(line -> line.quantity()).sum();
    return new DailySales(day, orders + 1, lines + order.lines().size(), units + sold,
        sales.add(Money.of(order.lines())),
        cancelled);
  }

  private DailySales minus(OrderCancelled order) {
    return new DailySales(day, orders, lines, units, sales, cancelled.subtract(Money.of(order.lines())));
  }
}
