package dev.millrace.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * A rebuild beside an upsert for each event, the steady path, Debezium's {@link JdbcSink}, and the limits that nothing can
 * pass: for a rebuild reading and decoding all events without doing anything, and COPY of the finished rows; for the steady path, on
 * one connection, the upsert of a row for each event by statements that take many, from values that were made beforehand. All on the same topic and
 * the same database, each in a process of its own; ten events for each row where nothing else is asked for.
 *
 * <p>All warm up on the first of the events, a fifth at most; what counts is measured over all of them, in three rounds, above a
 * million events in one. Time runs from when a subject is told to begin until its last row is visible. What each leaves is compared with the
 * events: the number of rows, and their sums. The CPU time is that of the subject's process, and once more with what the
 * broker and the database spent on it; the memory is the most that the subject's process had in any round.
 */
final class RebuildBench implements Bench {
  static final String REBUILD = "millrace";
  static final String STEADY = "millrace steady";
  static final String ROW_BY_ROW = "row-by-row";
  static final String SINK = "debezium-jdbc-sink";
  static final String DECODE = "decode alone";
  static final String COPY = "copy alone";
  static final String UPSERT = "upsert alone";

  private static final List<String> SUBJECTS = List.of(REBUILD, STEADY, ROW_BY_ROW, SINK, DECODE, COPY,
      UPSERT);
  private static final int EVENTS_A_ROW = 10;
  private static final int ROUNDS = 3;
  private static final String PART = "order-";
  private static final String WARM_UP = "warm-up-";
  private static final int WARM_UP_EVENTS = 100_000;
  private static final int MANY_EVENTS = 1_000_000;

  /** What one round came to: CPU seconds for a million events, the subject's own and all; memory in MiB. */
  private record Measured(double perSecond, double ownCpu, double allCpu, double memory) {}

  @Override
  public String name() {
    return "rebuild";
  }

  @Override
  public long defaultEvents() {
    return 500_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    return run(events, OptionalLong.empty(), progress);
  }

  @Override
  public List<Figure> run(long events, OptionalLong wantedKeys, Progress progress) throws Exception {
    long keys = Math.min(events, wantedKeys.orElse(Math.max(1, events / EVENTS_A_ROW)));
    long warmUp = Math.min(events / 5, WARM_UP_EVENTS);
    long warmUpKeys = Math.ceilDiv(keys * warmUp, events);
    progress.step("rebuild: starting Kafka and PostgreSQL");
    var processes = new LinkedHashMap<String, SubjectProcess>();
    try (var history = new OrderHistory()) {
      try {
        for (var subject : SUBJECTS)
          processes.put(subject, new SubjectProcess(subject, history.servers()));
        progress.step("rebuild: publishing " + warmUp + " events of " + warmUpKeys + " keys");
        history.publish(WARM_UP, warmUp, warmUpKeys);
        var warmingUp = Expected.of(WARM_UP, warmUp, warmUpKeys);
        measure(history, processes, warmUp, warmingUp, 1, progress);
        progress
            .step("rebuild: publishing " + (events - warmUp) + " events of " + (keys - warmUpKeys) + " keys");
        history.publish(PART, events - warmUp, keys - warmUpKeys);
        return measure(history, processes, events,
            warmingUp.plus(Expected.of(PART, events - warmUp, keys - warmUpKeys)),
            events > MANY_EVENTS ? 1 : ROUNDS, progress);
      } finally {
        for (var process : processes.values())
          process.close();
      }
    }
  }
  /** What a table comes to that folds all events, and one that mirrors the last event of each key. */
  private record Expected(OrderHistory.Totals folded, OrderHistory.Totals mirrored) {
    static Expected of(String part, long events, long keys) {
      return new Expected(totals(part, events, keys, false), totals(part, events, keys, true));
    }

    Expected plus(Expected other) {
      return new Expected(folded.plus(other.folded), mirrored.plus(other.mirrored));
    }

    OrderHistory.Totals of(String subject) {
      return subject.equals(SINK) ? mirrored : folded;
    }
  }

  private List<Figure> measure(OrderHistory history, Map<String, SubjectProcess> processes, long events,
      Expected expected, int rounds, Progress progress) throws Exception {
    var measured = new LinkedHashMap<String, List<Measured>>();
    var subjects = new LinkedHashMap<String, Rounds.Subject>();
    processes.forEach((subject, process) -> {
      measured.put(subject, new ArrayList<>());
      subjects.put(subject, () -> {
        var round = round(history, process, events, expected.of(subject));
        measured.get(subject).add(round);
        return round.perSecond;
      });
    });
    var figures = new ArrayList<>(
        new Rounds(name(), 0, rounds, progress).measure("throughput", "events/s", SINK, subjects));
    figures.addAll(figures("cpu", "s/million", measured, all -> median(all, Measured::ownCpu)));
    figures.addAll(figures("cpu in all", "s/million", measured, all -> median(all, Measured::allCpu)));
    figures.addAll(figures("peak memory", "MiB", measured,
        all -> all.stream().mapToDouble(Measured::memory).max().orElse(0)));
    if (rounds > 1)
      figures.addAll(figures("spread", "%", measured, RebuildBench::spread));
    return figures;
  }

  private static Measured round(OrderHistory history, SubjectProcess process, long events,
      OrderHistory.Totals expected) throws IOException, SQLException {
    history.settle();
    long before = history.cpuNanos();
    var run = process.run();
    long others = history.cpuNanos() - before;
    if (!run.table().isEmpty() && !history.totals(run.table()).equals(expected)) {
      throw new IllegalStateException(
          run.table() + " is " + history.totals(run.table()) + " and should be " + expected);
    }
    double millions = events / 1e6;
    return new Measured(events * 1e9 / run.nanos(), run.cpuNanos() / 1e9 / millions,
        (run.cpuNanos() + others) / 1e9 / millions, run.peakBytes() / (double) (1 << 20));
  }

  /** What a table comes to: of the last event of each key where it mirrors, and of all of them where it folds. */
  private static OrderHistory.Totals totals(String part, long events, long keys, boolean mirrored) {
    var rows = new HashMap<String, OrderHistory.Totals>();
    Orders.each(part, Math.toIntExact(events), Math.toIntExact(keys),
        order -> rows.merge(order.orderId(),
            new OrderHistory.Totals(1, 1, order.units(), order.placedAt()),
            (row, next) -> mirrored
                ? next
                : new OrderHistory.Totals(1, row.events() + 1, row.units() + next.units(), next.placedAt())));
    return rows.values().stream().reduce(new OrderHistory.Totals(0, 0, 0, 0), OrderHistory.Totals::plus);
  }

  private List<Figure> figures(String metric, String unit, Map<String, List<Measured>> measured,
      ToDoubleFunction<List<Measured>> value) {
    double peer = value.applyAsDouble(measured.getOrDefault(SINK, List.of()));
    return measured.entrySet().stream().map(subject -> {
      double own = value.applyAsDouble(subject.getValue());
      return new Figure(name(), subject.getKey(), metric, unit, own, subject.getValue().size(), SINK,
          own / peer);
    }).toList();
  }

  private static double median(List<Measured> rounds, ToDoubleFunction<Measured> value) {
    return Rounds.median(rounds.stream().mapToDouble(value).toArray());
  }

  /** How far apart the quickest and the slowest round are, of the median. */
  private static double spread(List<Measured> rounds) {
    var sorted = rounds.stream().mapToDouble(Measured::perSecond).sorted().toArray();
    return 100 * (sorted[sorted.length - 1] - sorted[0]) / Rounds.median(sorted);
  }
}
