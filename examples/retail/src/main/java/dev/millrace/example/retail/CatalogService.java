package dev.millrace.example.retail;

import dev.millrace.schema.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import shop.catalog.ProductKind;
import shop.catalog.ProductListed;

/** The products and their names, as sales and cancellations show them. */
final class CatalogService implements DirectService {
  private final Map<String, Optional<String>> names = new HashMap<>();

  @Override
  public String name() {
    return "catalog";
  }

  @Override
  public List<Event> hear(Invoice invoice) {
    if (invoice.kind() != Invoice.Kind.SALE && invoice.kind() != Invoice.Kind.CANCELLATION)
      return List.of();
    var news = new ArrayList<Event>();
    for (var line : invoice.lines()) {
      var known = names.get(line.stockCode());
      boolean renamed = line.description().isPresent() && !line.description().equals(known);
      if (known == null || renamed) {
        names.put(line.stockCode(), line.description());
        news.add(new ProductListed(line.stockCode(), line.description().orElse(null), line.unitPrice(),
            invoice.time(),
            kind(line.stockCode())));
      }
    }
    return news;
  }

  /** Goods have codes that begin with a digit; postage, fees and discounts have words. */
  private static ProductKind kind(String stockCode) {
    return Character.isDigit(stockCode.charAt(0)) ? ProductKind.MERCHANDISE : ProductKind.CHARGE;
  }
}
