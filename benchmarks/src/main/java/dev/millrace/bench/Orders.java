package dev.millrace.bench;

import bench.Channel;
import bench.Line;
import bench.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Orders to measure with: the same ones at every call. */
final class Orders {
  private static final List<String> COUNTRIES = List.of("United Kingdom", "Germany", "France", "EIRE",
      "Japan");

  private static final List<Channel> CHANNELS = List.of(Channel.values());

  private Orders() {}

  /** @param keys how many different order ids there are */
  static List<Order> make(int count, int keys) {
    var orders = new ArrayList<Order>(count);
    each("order-", count, keys, orders::add);
    return orders;
  }

  /**
   * Makes them one by one.
   *
   * @param part begins the order ids
   */
  static void each(String part, int count, int keys, Consumer<Order> taker) {
    var random = new Random(7);
    for (int i = 0; i < count; i++) {
      var lines = List.of(line(random), line(random));
      taker.accept(new Order(part + (i < keys ? i : random.nextInt(keys)),
          i % 4 == 0 ? null : "C" + random.nextInt(4_000),
          COUNTRIES.get(random.nextInt(COUNTRIES.size())), "Town " + random.nextInt(100),
          1_291_190_760_000L + i * 1_000L,
          CHANNELS.get(random.nextInt(CHANNELS.size())), random.nextInt(100_000) / 100.0, "GBP",
          random.nextBoolean(),
          1 + random.nextInt(40), null, lines));
    }
  }

  private static Line line(Random random) {
    return new Line("S" + (20_000 + random.nextInt(4_000)), 1 + random.nextInt(24),
        85L + random.nextInt(1_200));
  }
}
