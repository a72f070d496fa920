package dev.millrace.bench;

import java.util.LinkedHashMap;
import java.util.List;

/**
 * A rebuild beside an upsert for each event, the steady path, and the two limits that nothing can pass: reading and decoding all
 * events without doing anything, and COPY of the finished rows. All on the same events, ten for each row on average.
 */
final class RebuildBench implements Bench {
  private static final String PEER = "row-by-row";
  private static final int EVENTS_A_ROW = 10;
  private static final long MEMORY = 1L << 30;

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
    progress.step("rebuild: starting Kafka and PostgreSQL, publishing " + events + " events");
    try (var history = new OrderHistory(events, Math.max(1, events / EVENTS_A_ROW))) {
      var rows = history.rows(history.steady());
      var subjects = new LinkedHashMap<String, Rounds.Subject>();
      subjects.put("millrace", () -> events / Rounds.seconds(() -> history.rebuild(MEMORY)));
      subjects.put("millrace steady", () -> events / Rounds.seconds(history::steady));
      subjects.put(PEER, () -> events / Rounds.seconds(history::rowByRow));
      subjects.put("decode alone", () -> events / Rounds.seconds(history::decodeAlone));
      subjects.put("copy alone", () -> events / Rounds.seconds(() -> history.copyAlone(rows)));
      return new Rounds(name(), 1, 3, progress).measure("throughput", "events/s", PEER, subjects);
    }
  }
}
