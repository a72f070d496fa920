package dev.millrace.view;

import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.util.function.Predicate;

/** A view of the orders' trails whose fold fails for some events until it is mended. */
final class Mendable {
  /** What the fold fails for just now. */
  volatile Predicate<Placed> broken;
  final Projection<OrderTrail> trails;

  Mendable(Shop shop, Predicate<Placed> broken) {
    this.broken = broken;
    this.trails = Projection.named("order-trails")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
        .on(shop.placed(), Placed::order, this::fold).build();
  }

  OrderTrail fold(OrderTrail row, Placed placed) {
    if (broken.test(placed))
      throw new IllegalArgumentException("cannot fold number " + placed.number());
    return row.then(placed);
  }

  void mend() {
    broken = placed -> false;
  }
}
