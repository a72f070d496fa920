package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a running instance's views hold, and how they are. */
@Command(name = "view", description = "Reads the views of a running instance.", footer = {"%nExamples:",
    "  millrace view status",
    "  millrace view get country-revenue France",
    "  millrace view list country-revenue --where 'orders>=100' --sort=-net --limit 5"})
final class ViewCommand {
  /** The most rows the instance gives in one answer. */
  private static final int PAGE = 1_000;
  private static final List<String> STATUS_COLUMNS = List.of("name", "state", "rows", "events", "lag",
      "freshnessMillis", "parked", "generation", "message");

  private final Console console;

  ViewCommand(Console console) {
    this.console = console;
  }

  @Command(name = "status", description = "Lists the views: their rows, their lag and how fresh they are.", footer = {
      "%nExamples:", "  millrace view status", "  millrace view status -o json"})
  int status(@Mixin Instance instance, @Mixin Output output) {
    List<JsonNode> views = items(instance.get(List.of(), "views"));
    if (output.json())
      views.forEach(this::printLine);
    else
      new Table(console).print(views, STATUS_COLUMNS);
    return 0;
  }

  @Command(name = "get", description = "Prints the row of one key.", footer = {"%nExamples:",
      "  millrace view get country-revenue 'United Kingdom'",
      "  millrace view get customer-summary 17850 -o json"})
  int get(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Parameters(paramLabel = "KEY", arity = "1..*", description = "the row's key; where it has several parts, each of them in their order") List<String> key,
      @Mixin Instance instance, @Mixin Output output) {
    var path = Stream.concat(Stream.of("views", view), key.stream()).toArray(String[]::new);
    JsonNode row = instance.get(List.of(), path);
    if (output.json())
      printLine(row);
    else
      new Table(console).print(row);
    return 0;
  }

  @Command(name = "list", description = "Prints rows, in the order of their keys or in the order asked for.", footer = {
      "%nExamples:",
      "  millrace view list country-revenue --sort=-net --limit 5",
      "  millrace view list product-sales --where 'stockCode^=851' -o json"})
  int list(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--limit", paramLabel = "N", defaultValue = "100", converter = Count.class, description = "at most this many rows; 100 unless said") int limit,
      @Option(names = "--where", paramLabel = "CONDITION", converter = Condition.Reader.class, description = "only rows for which this holds: COLUMN=VALUE, or <, <=, >, >= or ^= (begins with) in place "
          + "of =; several must all hold") @Nullable List<Condition> where,
      @Option(names = "--sort", paramLabel = "COLUMN", description = "order by this column, --sort=-COLUMN for the greatest first; several with commas") @Nullable String sort,
      @Mixin Instance instance, @Mixin Output output) {
    var query = new ArrayList<Parameter>();
    if (where != null)
      where.forEach(condition -> query.add(new Parameter("filter", condition.toFilter())));
    if (sort != null)
      query.add(new Parameter("sort", Condition.toOrder(sort)));
    List<JsonNode> rows = rows(instance, view, query, limit);
    if (output.json())
      rows.forEach(this::printLine);
    else
      new Table(console).print(rows);
    return 0;
  }

  /** Page by page, as the instance gives no more at once. */
  private List<JsonNode> rows(Instance instance, String view, List<Parameter> query, int limit) {
    var rows = new ArrayList<JsonNode>();
    @Nullable
    String page = null;
    do {
      var asked = new ArrayList<>(query);
      asked.add(new Parameter("limit", Integer.toString(Math.min(PAGE, limit - rows.size()))));
      if (page != null)
        asked.add(new Parameter("page", page));
      JsonNode answer = instance.get(asked, "views", view);
      rows.addAll(items(answer.path("rows")));
      page = answer.path("next").asText(null);
    } while (page != null && rows.size() < limit);
    return rows;
  }

  private void printLine(JsonNode node) {
    console.out().println(Json.line(node));
  }

  private static List<JsonNode> items(JsonNode array) {
    var items = new ArrayList<JsonNode>();
    array.forEach(items::add);
    return items;
  }
}
