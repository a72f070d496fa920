package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.Cursor;
import dev.millrace.log.StreamName;
import dev.millrace.streams.Shop.OrderEnriched;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledHostTest {
  private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 3);
  private static final int ORDERS_A_ROUND = 500;
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir
  private Path directory;

  @Test
  void every_order_is_enriched_once_although_the_process_is_killed_again_and_again() throws Exception {
    long seed = Long.getLong("millrace.seed", System.nanoTime());
    var random = new Random(seed);
    var state = Files.createDirectories(directory.resolve("state"));
    try (var kafka = DevKafka.start(); var shop = ShopOnKafka.on(kafka)) {
      shop.createStreams();
      Orders.catalog(shop);
      int published = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Orders.publish(shop, published, published += ORDERS_A_ROUND);
        shop.flush();
        var before = enriched(shop);
        var process = HostProcess.start(kafka.bootstrapServers(), state);
        try {
          awaitMoreThan(shop, before + random.nextInt(ORDERS_A_ROUND / 2));
        } finally {
          process.destroyForcibly();
          assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("killed").isTrue();
        }
      }
      var last = HostProcess.start(kafka.bootstrapServers(), state);
      try {
        Enriched.assertComplete(shop.log, shop.codec, published, LONG);
      } finally {
        last.destroyForcibly();
        assertThat(last.waitFor(10, TimeUnit.SECONDS)).isTrue();
      }
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("with -Dmillrace.seed=" + seed + ": " + failure.getMessage() + "\n"
          + Files.readString(directory.resolve("host.log")), failure);
    }
  }

  private static void awaitMoreThan(ShopOnKafka shop, long count) {
    var deadline = Instant.now().plus(LONG);
    while (enriched(shop) <= count) {
      assertThat(Instant.now()).as("waited too long for %s records", count).isBefore(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** An upper bound: the ends of transactions count too. */
  private static long enriched(ShopOnKafka shop) {
    return shop.log.lag(Set.of(StreamName.of(OrderEnriched.TYPE.stream())), Cursor.start());
  }
}
