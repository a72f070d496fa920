package dev.millrace.example.retail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.millrace.view.ViewStatus;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run of the shop came to. Written as JSON, amounts as decimal strings.
 *
 * @param events how many events of each type are in the log
 * @param eventsPerSecond all of them, by the seconds from the first row to the last view's catching up
 * @param problems what does not reconcile; empty where every event is in every view
 */
public record DemoReport(String input, long rowsRead, long rowsPublished, long rowsRejected,
    Map<String, Long> events,
    long eventsPublished, double seconds, double eventsPerSecond, List<View> views, BigDecimal totalRevenue,
    BigDecimal sales, BigDecimal cancellations, List<String> problems) {

  private static final ObjectMapper JSON = JsonMapper.builder()
      .addModule(new SimpleModule().addSerializer(BigDecimal.class, ToStringSerializer.instance)).build();

  /**
   * A view at the end.
   *
   * @param position the last position of each partition that the view has read
   * @param lag how many records it had still to read
   */
  public record View(String view, long rows, Map<String, String> position, long lag, long parked) {
    static View of(ViewStatus status) {
      var position = new TreeMap<String, String>();
      status.cursor().positions().forEach((partition, at) -> position.put(partition.toString(), at.value()));
      return new View(status.view(), status.rows(), position, status.lag(), status.parked());
    }
  }

  /** Whether every event is in every view. */
  public boolean reconciled() {
    return problems.isEmpty();
  }

  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the report cannot be written as JSON", e);
    }
  }

  /** The totals as a table for people. */
  public String toTable() {
    var table = new StringBuilder();
    row(table, "rows read", rowsRead);
    row(table, "rows rejected", rowsRejected);
    events.forEach((type, count) -> row(table, "  " + type, count));
    row(table, "events published", eventsPublished);
    row(table, "events per second", Math.round(eventsPerSecond));
    table.append(String.format(Locale.ROOT, "%n%-24s %12s %8s %8s%n", "view", "rows", "lag", "parked"));
    for (var view : views) {
      table.append(String.format(Locale.ROOT, "%-24s %,12d %,8d %,8d%n", view.view(), view.rows(), view.lag(),
          view.parked()));
    }
    table.append(String.format(Locale.ROOT, "%n%-24s %,18.3f%n%-24s %,18.3f%n%-24s %,18.3f%n", "sales", sales,
        "cancellations", cancellations, "total revenue", totalRevenue));
    problems.forEach(problem -> table.append("does not reconcile: ").append(problem).append('\n'));
    return table.toString();
  }

  private static void row(StringBuilder table, String what, long number) {
    table.append(String.format(Locale.ROOT, "%-36s %,12d%n", what, number));
  }
}
