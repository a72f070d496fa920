package dev.millrace.example.retail;

import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import shop.ledger.DebtAdjusted;
import shop.sales.OrderCancelled;
import shop.sales.OrderPlaced;

/**
 * What each country brought in, in pounds sterling.
 *
 * @param cancelled what was given back, never positive
 * @param revenue sales, cancellations and adjustments together
 */
public record CountryRevenue(@Key String country, long orders, long cancellations, BigDecimal sales,
    BigDecimal cancelled,
    BigDecimal revenue) {

  static final Projection<CountryRevenue> VIEW = Projection.named("country-revenue")
      .of(CountryRevenue.class, CountryRevenue::none)
      .on(OrderPlaced.TYPE, OrderPlaced::country, CountryRevenue::plus)
      .on(OrderCancelled.TYPE, OrderCancelled::country, CountryRevenue::minus)
      .on(DebtAdjusted.TYPE, DebtAdjusted::country, CountryRevenue::adjusted).build();

  static CountryRevenue none(String country) {
    return new CountryRevenue(country, 0, 0, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  CountryRevenue plus(OrderPlaced order) {
    var total = Money.of(order.lines());
    return new CountryRevenue(country, orders + 1, cancellations, sales.add(total), cancelled,
        revenue.add(total));
  }

  CountryRevenue minus(OrderCancelled order) {
    var total = Money.of(order.lines());
    return new CountryRevenue(country, orders, cancellations + 1, sales, cancelled.subtract(total),
        revenue.subtract(total));
  }

  CountryRevenue adjusted(DebtAdjusted entry) {
    return new CountryRevenue(country, orders, cancellations, sales, cancelled, revenue.add(entry.amount()));
  }
}
