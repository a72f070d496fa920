package dev.millrace.bench;

import bench.Order;
import dev.millrace.log.EventLog;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventCodec;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import javax.sql.DataSource;

/**
 * Orders that are published at a thousand a second, of which one in twenty is looked for in the view of the totals until a query
 * answers with it. Used by one thread, which asks; another publishes.
 */
final class Probes {
  private static final int EVENTS_A_PROBE = 20;

  private static final long BETWEEN_EVENTS = 1_000_000;
  private static final String LOOK = "SELECT 1 FROM views.order_totals WHERE order_id = ?";
  private static final Probe END = new Probe("", 0, 0);

  /** An order that was looked for: when it was published, and when a query answered with it, both in nanoseconds. */
  record Probe(String key, long published, long found) {
    double millis() {
      return (found - published) / 1e6;
    }
  }

  private final EventLog log;
  private final EventCodec codec;
  private final DataSource database;

  Probes(EventLog log, EventCodec codec, DataSource database) {
    this.log = log;
    this.codec = codec;
    this.database = database;
  }

  /**
   * Publishes and looks.
   *
   * @param part begins the keys that are looked for
   * @param more whether another order follows so many
   */
  List<Probe> run(String part, LongPredicate more) throws SQLException, InterruptedException {
    var published = new LinkedBlockingQueue<Probe>();
    var publisher = Thread.ofPlatform().name("publisher").start(() -> publish(part, more, published));
    var found = new ArrayList<Probe>();
    try (var connection = database.getConnection(); var query = connection.prepareStatement(LOOK)) {
      for (var probe = published.take(); !probe.equals(END); probe = published.take()) {
        query.setString(1, probe.key());
        while (!answers(query))
          LockSupport.parkNanos(50_000);
        found.add(new Probe(probe.key(), probe.published(), System.nanoTime()));
      }
    }
    publisher.join();
    return found;
  }

  private void publish(String part, LongPredicate more, LinkedBlockingQueue<Probe> published) {
    var orders = Orders.make(10_000, 1_000);
    try (var publisher = Publisher.builder(log.writer(), codec).source("/bench").build()) {
      long started = System.nanoTime();
      for (long i = 0; more.test(i); i++) {
        for (long left = left(started, i); left > 0; left = left(started, i))
          LockSupport.parkNanos(left);
        var order = orders.get((int) (i % orders.size()));
        if (i % EVENTS_A_PROBE == 0) {
          var probe = new Probe(part + i / EVENTS_A_PROBE, System.nanoTime(), 0);
          published.add(probe);
          order = withId(order, probe.key());
        }
        var _ = publisher.publish(order);
      }
    } finally {
      published.add(END);
    }
  }

  private static long left(long started, long event) {
    return started + event * BETWEEN_EVENTS - System.nanoTime();
  }

  private static boolean answers(PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      return rows.next();
    }
  }

  private static Order withId(Order order, String id) {
    return new Order(id, order.customerId(), order.country(), order.city(), order.placedAt(), order.channel(),
        order.total(), order.currency(), order.gift(), order.units(), order.note(), order.lines());
  }

  /** So many of the values, as a share, are at most this. */
  static double quantile(double[] values, double share) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
  }
}
