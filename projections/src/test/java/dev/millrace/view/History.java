package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A random history of a shop, and what its views must come to, worked out one event after the other. */
final class History {
  final List<Placed> events = new ArrayList<>();

  History(Random random, int length, int orders, int countries) {
    for (int i = 0; i < length; i++) {
      events.add(Stage.placed("order-" + random.nextInt(orders), "country-" + random.nextInt(countries),
          new BigDecimal(random.nextInt(100_000)).movePointLeft(3).toString(), i));
    }
  }

  List<OrderTrail> orderTrails() {
    var rows = new TreeMap<String, OrderTrail>();
    for (var placed : events) {
      rows.merge(placed.order(), new OrderTrail(placed.order(), "", 0, 7).then(placed),
          (row, _) -> row.then(placed));
    }
    return List.copyOf(rows.values());
  }

  List<CountryTotal> countryTotals() {
    var rows = new TreeMap<String, CountryTotal>();
    for (var placed : events) {
      var none = new CountryTotal(placed.country(), 0, BigDecimal.ZERO);
      rows.put(placed.country(), rows.getOrDefault(placed.country(), none).plus(placed));
    }
    return List.copyOf(rows.values());
  }

  /** Whether the stage's views are just what this history comes to. */
  void isIn(Stage stage) {
    assertThat(stage.rows(stage.shop.orderTrails())).containsExactlyElementsOf(orderTrails());
    assertThat(stage.rows(stage.shop.countryTotals())).containsExactlyElementsOf(countryTotals());
    assertThat(stage.parked()).isEmpty();
  }
}
