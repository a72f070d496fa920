package dev.millrace.streams;

import dev.millrace.dev.DevKafka;
import dev.millrace.streams.Shop.CustomerRegistered;
import dev.millrace.streams.Shop.Line;
import dev.millrace.streams.Shop.OrderPlaced;
import dev.millrace.streams.Shop.ProductListed;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/** How many order lines a second the shop's app enriches: a main method, run by hand. */
final class Throughput {
  private Throughput() {}

  public static void main(String[] args) throws Exception {
    int orders = Integer.getInteger("orders", 20_000);
    int threads = Integer.getInteger("threads", 1);
    var random = new Random(42);
    try (var kafka = DevKafka.start(); var shop = ShopOnKafka.on(kafka)) {
      shop.createStreams();
      for (int i = 0; i < 4_070; i++)
        shop.publish(ProductListed.TYPE,
            new ProductListed("P" + i, "A VERY USEFUL THING FOR THE HOUSE " + i));
      for (int i = 0; i < 4_372; i++)
        shop.publish(CustomerRegistered.TYPE, new CustomerRegistered("C" + i, "United Kingdom"));
      shop.flush();
      int lines = 0;
      for (int i = 0; i < orders; i++) {
        int count = random.nextInt(100) == 0 ? 300 : 1 + random.nextInt(45);
        var order = new ArrayList<Line>();
        for (int n = 0; n < count; n++)
          order.add(new Line("P" + random.nextInt(4_070), 1 + random.nextInt(20), 100 + random.nextInt(1000),
              null));
        lines += count;
        shop.publish(OrderPlaced.TYPE,
            new OrderPlaced("O" + i, i % 4 == 0 ? null : "C" + random.nextInt(4_372), order));
      }
      shop.flush();
      for (int round = 0; round < 1; round++) {
        var start = System.nanoTime();
        var cpuStart = cpu();
        var host = shop.host(OrderDetails.APP, Files.createTempDirectory("throughput")).threads(threads);
        System.getProperties().forEach((name, value) -> {
          if (name.toString().startsWith("set."))
            host.set(name.toString().substring(4), value);
        });
        try (var running = host.start()) {
          running.awaitReady(Duration.ofSeconds(30));
          var ready = System.nanoTime();
          var cpuReady = cpu();
          while (running.lag() > 0)
            Thread.sleep(50);
          var end = System.nanoTime();
          System.out.printf(
              "%d orders, %d lines, ready after %.1f s, then %.2f s: %.0f lines/s; %.1f + %.1f s of CPU%n",
              orders, lines, (ready - start) / 1e9, (end - ready) / 1e9, lines / ((end - ready) / 1e9),
              (cpuReady - cpuStart) / 1e9, (cpu() - cpuReady) / 1e9);
          threads();
        }
      }
    }
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void threads() {
    var bean = ManagementFactory.getThreadMXBean();
    Arrays.stream(bean.getAllThreadIds()).boxed()
        .sorted(Comparator.comparingLong(id -> -bean.getThreadCpuTime(id))).limit(8)
        .forEach(id -> System.out.printf("  %6.2f s %s%n", bean.getThreadCpuTime(id) / 1e9,
            bean.getThreadInfo(id).getThreadName()));
  }
}
