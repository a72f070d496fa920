package dev.millrace.example.retail;

import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import shop.catalog.ProductListed;
import shop.sales.OrderCancelled;
import shop.sales.OrderLine;
import shop.sales.OrderPlaced;
import shop.stock.StockWrittenOff;

/**
 * What became of each product.
 *
 * @param description the name it has now; null where the catalog has none
 * @param revenue sales and cancellations together, in pounds sterling
 */
public record ProductSales(@Key String stockCode, @Nullable String description, long unitsSold,
    long unitsReturned,
    long unitsWrittenOff, BigDecimal revenue) {

  static final Projection<ProductSales> VIEW = Projection.named("product-sales")
      .of(ProductSales.class, ProductSales::none)
      .on(ProductListed.TYPE, ProductListed::stockCode, (row, e) -> row.called(e.description()))
      .onEach(OrderPlaced.TYPE, OrderPlaced::lines, OrderLine::stockCode, (row, e, line) -> row.sold(line))
      .onEach(OrderCancelled.TYPE, OrderCancelled::lines, OrderLine::stockCode,
          (row, e, line) -> row.returned(line))
      .on(StockWrittenOff.TYPE, StockWrittenOff::stockCode, (row, e) -> row.writtenOff(e.quantity())).build();

  static ProductSales none(String stockCode) {
    return new ProductSales(stockCode, null, 0, 0, 0, BigDecimal.ZERO);
  }

  private ProductSales called(@Nullable String description) {
    return new ProductSales(stockCode, description, unitsSold, unitsReturned, unitsWrittenOff, revenue);
  }

  private ProductSales sold(OrderLine line) {
    return new ProductSales(stockCode, description, unitsSold + line.quantity(), unitsReturned,
        unitsWrittenOff,
        revenue.add(Money.of(line)));
  }

  private ProductSales returned(OrderLine line) {
    return new ProductSales(stockCode, description, unitsSold, unitsReturned + line.quantity(),
        unitsWrittenOff,
        revenue.subtract(Money.of(line)));
  }

  private ProductSales writtenOff(int quantity) {
    return new ProductSales(stockCode, description, unitsSold, unitsReturned, unitsWrittenOff + quantity,
        revenue);
  }
}
