package dev.millrace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a rebuild costs for each event as its history grows, from a twentieth of the events to all of them, ten for each row;
 * beside reading and decoding them alone. One topic, which grows between the measurements; each subject in a process of its own.
 */
final class RebuildCurve implements Bench {
  private static final List<Integer> PARTS = List.of(20, 10, 4, 2, 1);
  private static final int EVENTS_A_ROW = 10;

  @Override
  public String name() {
    return "rebuild-curve";
  }

  @Override
  public long defaultEvents() {
    return 20_000_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step(name() + ": starting Kafka and PostgreSQL");
    var figures = new ArrayList<Figure>();
    try (var history = new OrderHistory();
        var rebuild = new SubjectProcess(RebuildBench.REBUILD, history.servers());
        var decode = new SubjectProcess(RebuildBench.DECODE, history.servers())) {
      long published = 0;
      for (int part : PARTS) {
        long size = Math.max(published + 1, events / part);
        progress.step(name() + ": publishing up to " + size + " events");
        history.publish("order-" + part + "-", size - published,
            Math.max(1, (size - published) / EVENTS_A_ROW));
        published = size;
        var subjects = new LinkedHashMap<String, Rounds.Subject>();
        subjects.put(RebuildBench.REBUILD, () -> micros(history, rebuild, size));
        subjects.put(RebuildBench.DECODE, () -> micros(history, decode, size));
        figures.addAll(
            new Rounds(name(), figures.isEmpty() ? 1 : 0, 3, progress).measure("cost at " + size, "µs/event",
                RebuildBench.DECODE, subjects));
      }
    }
    return figures;
  }

  private static double micros(OrderHistory history, SubjectProcess process, long events)
      throws Exception {
    history.settle();
    return process.run().nanos() / 1e3 / events;
  }
}
