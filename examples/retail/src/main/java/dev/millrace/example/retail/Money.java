package dev.millrace.example.retail;

import java.math.BigDecimal;
import java.util.List;
import shop.sales.OrderLine;

/** Sums over lines, in pounds sterling, exact. */
final class Money {
  private Money() {}

  static BigDecimal of(OrderLine line) {
    return line.unitPrice().multiply(BigDecimal.valueOf(line.quantity()));
  }

  static BigDecimal of(List<OrderLine> lines) {
    var sum = BigDecimal.ZERO;
    for (var line : lines) {
      sum = sum.add(of(line));
    }
    return sum;
  }
}
