package dev.millrace.streams;

import dev.millrace.streams.Shop.CustomerRegistered;
import dev.millrace.streams.Shop.Line;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.streams.Shop.OrderPlaced;
import dev.millrace.streams.Shop.ProductListed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The shop's trade, the same whenever it is asked for: orders O0, O1 … of customers C0 to C19, or guests. */
final class Orders {
  static final int PRODUCTS = 50;
  static final int CUSTOMERS = 20;

  private Orders() {}

  static void catalog(ShopOnKafka shop) {
    for (int i = 0; i < PRODUCTS; i++)
      shop.publish(ProductListed.TYPE, new ProductListed("P" + i, "THING " + i));
    for (int i = 0; i < CUSTOMERS; i++)
      shop.publish(CustomerRegistered.TYPE, new CustomerRegistered("C" + i, "COUNTRY " + i));
    shop.flush();
  }

  static void publish(ShopOnKafka shop, int from, int to) {
    for (int i = from; i < to; i++)
      shop.publish(OrderPlaced.TYPE, placed("O" + i));
  }

  static OrderPlaced placed(String id) {
    var random = new Random(id.hashCode());
    var lines = new ArrayList<Line>();
    for (int left = random.nextInt(20); left > 0; left--)
      lines.add(new Line("P" + random.nextInt(PRODUCTS), 1 + random.nextInt(9), random.nextInt(1000), null));
    return new OrderPlaced(id, random.nextInt(4) == 0 ? null : "C" + random.nextInt(CUSTOMERS), lines);
  }

  static OrderEnriched enriched(String id) {
    var order = placed(id);
    List<Line> named = order.lines().stream()
        .map(line -> new Line(line.stockCode(), line.quantity(), line.pence(),
            "THING " + line.stockCode().substring(1)))
        .toList();
    return new OrderEnriched(id,
        order.customer().map(customer -> "COUNTRY " + customer.substring(1)).orElse(null), named);
  }
}
