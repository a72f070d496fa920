package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.Cursor;
import dev.millrace.log.StreamName;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.test.Randomized;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the process of an app again and again, each time after a random number of further results. */
@Tag("acceptance")
class KilledHostTest {
  private static final int ROUNDS = Randomized.rounds(2, 3);
  private static final int ORDERS_A_ROUND = 500;

  @TempDir
  private Path state;

  @Test
  void every_order_is_enriched_once_although_the_process_is_killed_again_and_again() {
    var random = Randomized.random();
    try (var kafka = DevKafka.start(); var shop = ShopOnKafka.on(kafka)) {
      shop.createStreams();
      Orders.catalog(shop);
      int published = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Orders.publish(shop, published, published += ORDERS_A_ROUND);
        shop.flush();
        var before = enriched(shop);
        int further = random.nextInt(ORDERS_A_ROUND / 2);
        try (var process = HostProcess.start(kafka.bootstrapServers(), state)) {
          process.await("more than " + further + " further results, " + Randomized.repeat(),
              () -> enriched(shop) > before + further);
          process.kill();
        }
      }
      int all = published;
      try (var last = HostProcess.start(kafka.bootstrapServers(), state)) {
        last.await("as many results as orders, " + Randomized.repeat(), () -> enriched(shop) >= all);
        assertThatCode(() -> Enriched.assertComplete(shop.log, shop.codec, all))
            .as("%s, %s", Randomized.repeat(), last).doesNotThrowAnyException();
      }
    }
  }

  /** An upper bound: the ends of transactions count too. */
  private static long enriched(ShopOnKafka shop) {
    return shop.log.lag(Set.of(StreamName.of(OrderEnriched.TYPE.stream())), Cursor.start());
  }
}
