package dev.millrace.bench;

import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.view.Projection;
import dev.millrace.view.Rebuild;
import dev.millrace.view.Runner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * What a rebuild costs the generation that serves meanwhile: how long an order takes from the call of publish until a query
 * answers with it, a thousand orders a second, while the view is rebuilt in the same process as quickly as it goes, and while
 * that is throttled; beside the same without a rebuild. In turn, three rounds, all orders of a kind together.
 */
final class RebuildFreshness implements Bench {
  private static final String ALONE = "no rebuild";
  private static final String REBUILDING = "millrace";
  private static final String THROTTLED = "millrace throttled";
  private static final int THROTTLE = 50_000;
  private static final int EVENTS_A_ROW = 10;
  private static final int ROUNDS = 3;
  private static final int ALONE_EVENTS = 10_000;
  private static final int FEWEST_EVENTS = 200;
  private static final Duration PATIENCE = Duration.ofHours(1);

  @Override
  public String name() {
    return "rebuild-freshness";
  }

  @Override
  public long defaultEvents() {
    return 1_000_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step(name() + ": starting Kafka and PostgreSQL, publishing " + events + " events");
    try (var history = new OrderHistory();
        var log = KafkaLog.at(KafkaLogConfig.of(history.servers().bootstrapServers()))) {
      history.publish("order-", events, Math.max(1, events / EVENTS_A_ROW));
      var servers = history.servers();
      var codec = servers.codec();
      var view = OrderTotals.view("order-totals");
      var probes = new Probes(log, codec, servers.database());
      try (var live = Runner.of(view).log(log).codec(codec).database(servers.database()).build().start()) {
        progress.step(name() + ": the live view reads them");
        awaitCaughtUp(live, log);
        var measured = new LinkedHashMap<String, List<Double>>();
        for (int round = 0; round <= ROUNDS; round++) {
          for (var subject : List.of(ALONE, REBUILDING, THROTTLED)) {
            progress.step(name() + ": " + (round == 0 ? "warm-up" : "round " + round + " of " + ROUNDS) + ", "
                + subject);
            var part = "probe-" + round + "-" + subject + "-";
            var found = subject.equals(ALONE)
                ? probes.run(part, published -> published < Math.min(events, ALONE_EVENTS))
                : whileRebuilding(view, log, servers, subject, more -> probes.run(part, more));
            if (round > 0)
              found.forEach(probe -> measured.computeIfAbsent(subject, none -> new ArrayList<>())
                  .add(probe.millis()));
          }
        }
        return figures(measured);
      }
    }
  }

  private static void awaitCaughtUp(Runner live, KafkaLog log) {
    var end = log.end(Set.of(OrderHistory.STREAM));
    while (live.generation().isEmpty() || !live.status().cursor().hasReached(end))
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
  }

  @FunctionalInterface
  private interface Probing {
    List<Probes.Probe> run(LongPredicate more) throws Exception;
  }

  private static List<Probes.Probe> whileRebuilding(Projection<?> view, KafkaLog log, Servers servers,
      String subject, Probing probing) throws Exception {
    var rebuilding = Rebuild.of(view).log(log).codec(servers.codec()).database(servers.database()).anew();
    if (subject.equals(THROTTLED))
      rebuilding.throttle(THROTTLE);
    try (var rebuild = rebuilding.start(); var thread = Executors.newSingleThreadExecutor()) {
      var filled = thread.submit(() -> rebuild.awaitCaughtUp(PATIENCE));
      var found = probing.run(published -> published < FEWEST_EVENTS || !filled.isDone());
      filled.get();
      rebuild.cancel();
      return found;
    }
  }

  private List<Figure> figures(Map<String, List<Double>> measured) {
    var figures = new ArrayList<Figure>();
    for (double share : new double[]{0.5, 0.99}) {
      double peer = quantile(measured.getOrDefault(ALONE, List.of()), share);
      measured
          .forEach((subject, millis) -> figures.add(new Figure(name(), subject, share == 0.5 ? "p50" : "p99",
              "ms", quantile(millis, share), ROUNDS, ALONE, quantile(millis, share) / peer)));
    }
    return figures;
  }

  private static double quantile(List<Double> values, double share) {
    return Probes.quantile(values.stream().mapToDouble(Double::doubleValue).toArray(), share);
  }
}
