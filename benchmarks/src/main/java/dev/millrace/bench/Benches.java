package dev.millrace.bench;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** The benches by name, and how their figures are printed. */
public final class Benches {
  private static final List<Bench> ALL = List.of(new CodecBench(), new SchemaBench(), new PublishBench(),
      new KinesisPublishBench(), new ProjectBench(),
      new RebuildBench(), new RebuildCurve(), new RebuildFreshness(), new EndToEndBench());
  private static final JsonMapper JSON = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .build();

  private Benches() {}

  public static List<String> names() {
    return ALL.stream().map(Bench::name).toList();
  }

  /**
   * Runs a bench and prints its figures.
   *
   * @param keys how many keys the events are of
   * @param json one object a line, rather than a table
   * @throws IllegalArgumentException where there is no bench of that name, or it has no choice of keys
   */
  public static void run(String name, OptionalLong events, OptionalLong keys, boolean json, PrintWriter out,
      Progress progress) throws Exception {
    var bench = ALL.stream().filter(one -> one.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no bench '" + name + "', but " + names()));
    var figures = bench.run(events.orElse(bench.defaultEvents()), keys, progress);
    if (json) {
      print(figures, out);
    } else {
      table(figures, out);
    }
  }

  private static void print(List<Figure> figures, PrintWriter out) throws IOException {
    for (var figure : figures) {
      out.println(JSON.writeValueAsString(figure));
    }
  }

  private static void table(List<Figure> figures, PrintWriter out) {
    out.printf("%-16s %-24s %-14s %14s %-12s %s%n", "bench", "subject", "metric", "median", "unit",
        "ratio to peer");
    for (var figure : figures) {
      var ratio = figure.subject().equals(figure.peer())
          ? ""
          : String.format(Locale.ROOT, "%.2f of %s",
              figure.ratioToPeer(), figure.peer());
      out.printf("%-16s %-24s %-14s %14s %-12s %s%n", figure.bench(), figure.subject(), figure.metric(),
          figure.text(),
          figure.unit(), ratio);
    }
  }
}
