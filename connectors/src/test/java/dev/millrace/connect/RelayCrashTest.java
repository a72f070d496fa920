package dev.millrace.connect;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.test.Randomized;

/** Kills relays at random moments, while overlapping transactions write events with shared keys. A round kills one relay. */
@Tag("acceptance")
@EnabledIf(value = "dev.millrace.connect.LogServer#isAvailable", disabledReason = "needs Node.js and npm for a local Kinesis")
class RelayCrashTest {
  private static final int ROUNDS = Randomized.rounds(2, 4);
  private static final int WRITERS = 3;
  private static final int KEYS = 4;
  private static final String WAITING = "select count(*) from millrace_outbox";

  /** Writers rest when more rows wait, so that a slow machine has no more rows left at the end than a fast one. */
  private static final int MOST_WAITING = 2_000;

  /** What was committed under each key, in the order of the commits. */
  private final Map<String, List<Long>> committed = new ConcurrentHashMap<>();
  private final ReentrantLock committing = new ReentrantLock();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void each_committed_event_is_in_the_log_once_and_in_the_order_of_the_commits(@TempDir Path folder)
      throws Exception {
    var random = Randomized.random();
    try (var shop = Shop.onOwnServers(folder); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = new ArrayList<Future<?>>();
      for (int writer = 0; writer < WRITERS; writer++) {
        long seed = random.nextLong();
        writers.add(threads.submit(() -> write(shop, new Random(seed))));
      }
      try {
        for (int round = 0; round < ROUNDS; round++)
          killARelay(shop, random);
      } finally {
        // Ends the writers, also after a failure: the executor waits for them when it is closed.
        enough.set(true);
      }
      for (var writer : writers)
        writer.get();

      try (var _ = shop.relay("crash").start()) {
        await("everything is relayed, " + Randomized.repeat()).until(() -> shop.number(WAITING),
            waiting -> waiting == 0);
      }
      await("everything is read, " + Randomized.repeat()).until(() -> shop.count(),
          read -> read >= count(committed));
      shop.read();
      assertThat(shop.read()).as(Randomized.repeat()).isEqualTo(committed);
    }
  }

  /** Kills a relay some time into its start, or once it has relayed some events. */
  private static void killARelay(Shop shop, Random random) throws InterruptedException {
    int before = shop.count();
    try (var relay = RelayProcess.start(shop, "crash")) {
      if (random.nextInt(4) == 0) {
        relay.process().waitFor(random.nextInt(3_000), MILLISECONDS);
      } else {
        int some = 1 + random.nextInt(150);
        relay.await(some + " further events, " + Randomized.repeat(), () -> shop.count() - before >= some);
        LockSupport.parkNanos(random.nextInt(20_000_000));
      }
      assertThat(relay.isAlive()).as("%s, %s", Randomized.repeat(), relay).isTrue();
    }
  }

  private Void write(Shop shop, Random random) throws SQLException {
    try (var connection = shop.transaction()) {
      while (!enough.get() && !Thread.currentThread().isInterrupted()) {
        if (waiting(connection) > MOST_WAITING) {
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

  private static long waiting(Connection connection) throws SQLException {
    try (var statement = connection.createStatement(); var row = statement.executeQuery(WAITING)) {
      row.next();
      return row.getLong(1);
    } finally {
      connection.rollback();
    }
  }

  private static int count(Map<String, List<Long>> events) {
    return events.values().stream().mapToInt(List::size).sum();
  }
}
