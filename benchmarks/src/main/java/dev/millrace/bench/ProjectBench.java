package dev.millrace.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The steady path of a projection beside the usual hand-written one: an upsert for each event, a thousand in a transaction,
 * with the position. Both read the same events, from the first to the last, ten for each row on average.
 */
final class ProjectBench implements Bench {
  private static final String PEER = "row-by-row";
  private static final int EVENTS_A_ROW = 10;

  @Override
  public String name() {
    return "project";
  }

  @Override
  public long defaultEvents() {
    return 100_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step("project: starting Kafka and PostgreSQL, publishing " + events + " events");
    try (var history = new OrderHistory(); var views = new OrderViews(history.servers())) {
      history.publish("order-", events, Math.max(1, events / EVENTS_A_ROW));
      var number = new AtomicInteger();
      var subjects = new LinkedHashMap<String, Rounds.Subject>();
      subjects.put("millrace", () -> events / Rounds.seconds(() -> views.steady(number.incrementAndGet())));
      subjects.put(PEER, () -> events / Rounds.seconds(() -> views.rowByRow(number.incrementAndGet())));
      return new Rounds(name(), 1, 5, progress).measure("throughput", "events/s", PEER, subjects);
    }
  }
}
