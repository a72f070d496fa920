package dev.millrace.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills relays at random moments, while transactions that overlap are written on shared keys. More rounds with {@code
 * -Dmillrace.crash.rounds=50}, the same again with {@code -Dmillrace.crash.seed=…}.
 */
class RelayCrashTest {
  private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 4);
  private static final long SEED = Long.getLong("millrace.crash.seed", System.nanoTime());
  private static final int WRITERS = 3;
  private static final int KEYS = 4;
  private static final String WAITING = "select count(*) from millrace_outbox";

  /** Writers rest at so many: what is left in the end must not be the more, the slower the machine is. */
  private static final int MOST_WAITING = 2_000;

  /** What was committed under each key, in the order of the commits. */
  private final Map<String, List<Long>> committed = new ConcurrentHashMap<>();
  private final ReentrantLock committing = new ReentrantLock();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void each_committed_event_is_in_the_log_once_and_in_the_order_of_the_commits(@TempDir Path folder)
      throws Exception {
    var random = new Random(SEED);
    try (var shop = Shop.open(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = new ArrayList<Future<?>>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long seed = random.nextLong();
        writers.add(threads.submit(() -> write(shop, new Random(seed))));
      }
      for (int round = 0; round < ROUNDS; round++) {
        killARelay(shop, random, folder.resolve("relay-" + round + ".log"));
      }
      enough.set(true);
      for (var writer : writers) {
        writer.get(30, SECONDS);
      }

      try (var _ = shop.relay("crash").start()) {
        Shop.await("everything is relayed, seed " + SEED,
            () -> shop.number(WAITING) == 0);
      }
      Shop.await("everything is read, seed " + SEED, () -> shop.count() >= count(committed));
      shop.read();
      assertThat(shop.read()).as("seed %d", SEED).isEqualTo(committed);
    }
  }

  /** Kills it some time into its start, or once it has relayed some. */
  private static void killARelay(Shop shop, Random random, Path output) throws Exception {
    int before = shop.count();
    var relay = RelayProcess.start(shop, "crash", output);
    try {
      if (random.nextInt(4) == 0) {
        relay.waitFor(random.nextInt(3_000), MILLISECONDS);
      } else {
        int some = 1 + random.nextInt(150);
        Shop.await("some are relayed, seed " + SEED + ", see " + output, () -> shop.count() - before >= some);
        LockSupport.parkNanos(random.nextInt(20_000_000));
      }
      assertThat(relay.isAlive()).as("relay of seed %d, see %s", SEED, output).isTrue();
    } finally {
      relay.destroyForcibly().waitFor();
    }
  }

  private Void write(Shop shop, Random random) throws SQLException {
    try (var connection = shop.transaction()) {
      while (!enough.get()) {
        if (shop.number(WAITING) > MOST_WAITING) {
          LockSupport.parkNanos(10_000_000);
          continue;
        }
        var said = new ArrayList<Said>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          var next = new Said("key-" + random.nextInt(KEYS), numbers.incrementAndGet());
          shop.say(connection, next.who(), next.number());
          said.add(next);
          LockSupport.parkNanos(random.nextInt(3_000_000));
        }
        if (random.nextInt(10) == 0) {
          connection.rollback();
          continue;
        }
        committing.lock();
        try {
          connection.commit();
          said.forEach(
              event -> committed.computeIfAbsent(event.who(), key -> new ArrayList<>()).add(event.number()));
        } finally {
          committing.unlock();
        }
      }
    }
    return null;
  }

  private static int count(Map<String, List<Long>> events) {
    return events.values().stream().mapToInt(List::size).sum();
  }
}
