package dev.millrace.example.retail;

import dev.millrace.schema.Event;
import java.util.List;
import shop.stock.StockWrittenOff;

/** What leaves the stock without being sold. */
final class StockService implements DirectService {
  @Override
  public String name() {
    return "stock";
  }

  @Override
  public List<Event> hear(Invoice invoice) {
    if (invoice.kind() != Invoice.Kind.WRITE_OFF)
      return List.of();
    return invoice.lines().stream().<Event>map(line -> new StockWrittenOff(line.stockCode(), invoice.number(),
        -line.quantity(), line.description().orElse(null), invoice.time())).toList();
  }
}
