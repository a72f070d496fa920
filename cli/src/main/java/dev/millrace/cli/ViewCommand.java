package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a running instance's views hold, how they are, and how they are made anew. */
@Command(name = "view", description = "Reads the views of a running instance, and makes them anew.", footer = {
    "%nExamples:",
    "  millrace view status",
    "  millrace view rebuild country-revenue && millrace view verify country-revenue",
    "  millrace view promote country-revenue",
    "  millrace view get country-revenue France",
    "  millrace view list country-revenue --where 'orders>=100' --sort=-net --limit 5"})
final class ViewCommand {
  /** The most rows the instance gives in one answer. */
  private static final int PAGE = 1_000;
  private static final List<String> STATUS_COLUMNS = List.of("name", "state", "rows", "events", "lag",
      "freshnessMillis", "parked", "generation", "message");

  private static final List<String> GENERATION_COLUMNS = List.of("generation", "live", "previous", "current",
      "filling", "createdAt", "dependents");

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
      "  millrace view get customer-summary 17850 -o json",
      "  millrace view get country-revenue France --at-least $TOKEN --wait 5s"})
  int get(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Parameters(paramLabel = "KEY", arity = "1..*", description = "the row's key; where it has several parts, each of them in their order") List<String> key,
      @Mixin AtLeastOptions atLeast, @Mixin Instance instance, @Mixin Output output) {
    var path = Stream.concat(Stream.of("views", view), key.stream()).toArray(String[]::new);
    JsonNode row = instance.get(atLeast.headers(), List.of(), path);
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
      @Mixin AtLeastOptions atLeast, @Mixin Instance instance, @Mixin Output output) {
    var query = new ArrayList<Parameter>();
    if (where != null)
      where.forEach(condition -> query.add(new Parameter("filter", condition.toFilter())));
    if (sort != null)
      query.add(new Parameter("sort", Condition.toOrder(sort)));
    List<JsonNode> rows = rows(instance, atLeast, view, query, limit);
    if (output.json())
      rows.forEach(this::printLine);
    else
      new Table(console).print(rows);
    return 0;
  }

  @Command(name = "rebuild", description = "Makes a view anew beside the live one, from the first record of its streams.", footer = {
      "%nNobody sees it before it is promoted. Ctrl-C ends the looking on, and not the rebuild. What was begun and",
      "stopped is gone on with.", "%nExamples:", "  millrace view rebuild country-revenue --dry-run",
      "  millrace view rebuild country-revenue --throttle 5000 --detach",
      "  millrace view rebuild country-revenue && millrace view promote country-revenue"})
  int rebuild(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--dry-run", description = "only say what it would take: records, time, disk") boolean dryRun,
      @Option(names = "--memory", paramLabel = "MIB", converter = Count.class, description = "about how much memory the rows may take; 256 unless said, more goes to disk") @Nullable Integer memory,
      @Option(names = "--throttle", paramLabel = "N", converter = Count.class, description = "read so many records a second at most") @Nullable Integer throttle,
      @Option(names = "--anew", description = "begin from the first record, also where a rebuild was begun and stopped") boolean anew,
      @Option(names = "--detach", description = "do not look on until it has read all") boolean detach,
      @Mixin Instance instance, @Mixin Output output) {
    if (dryRun) {
      List<Parameter> query = memory == null
          ? List.of()
          : List.of(new Parameter("memoryMiB", memory.toString()));
      return print(instance.get(query, "rebuilds", view, "plan"), output);
    }
    var body = Json.object().put("anew", anew);
    if (memory != null)
      body.put("memoryMiB", memory);
    if (throttle != null)
      body.put("perSecond", throttle);
    JsonNode begun = instance.post(body, "rebuilds", view);
    if (detach)
      return print(begun, output);
    JsonNode last = new RebuildWatch(console, instance, view).untilDone(output);
    if (!output.json())
      print(last, output);
    return last.path("phase").asText().equals("FOLLOWING") ? 0 : 1;
  }

  @Command(name = "pause", description = "Has a rebuild wait.", footer = {"%nExamples:",
      "  millrace view pause country-revenue"})
  int pause(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin Instance instance,
      @Mixin Output output) {
    return print(instance.post(Json.object(), "rebuilds", view, "pause"), output);
  }

  @Command(name = "resume", description = "Has a rebuild go on that waits.", footer = {"%nExamples:",
      "  millrace view resume country-revenue"})
  int resume(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin Instance instance,
      @Mixin Output output) {
    return print(instance.post(Json.object(), "rebuilds", view, "resume"), output);
  }

  @Command(name = "throttle", description = "Slows a rebuild down, or lets it go as fast as it can.", footer = {
      "%nExamples:", "  millrace view throttle country-revenue 5000",
      "  millrace view throttle country-revenue off"})
  int throttle(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Parameters(paramLabel = "N", description = "so many records a second at most; off for as many as can be", converter = CountOrOff.class) Long perSecond,
      @Mixin Instance instance, @Mixin Output output) {
    var body = Json.object();
    if (perSecond > 0)
      body.put("perSecond", perSecond);
    return print(instance.post(body, "rebuilds", view, "throttle"), output);
  }

  /** A number above 0, or off, which is 0. */
  static final class CountOrOff implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return text.equals("off") ? 0L : Long.valueOf(new Count().convert(text));
    }
  }

  @Command(name = "cancel", description = "Gives a rebuild up, and takes away what it has made.", footer = {
      "%nExamples:", "  millrace view cancel country-revenue --yes"})
  int cancel(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin Confirmation confirmation, @Mixin Instance instance, @Mixin Output output) {
    if (!confirmation.isGiven("Give the rebuild of " + view + " up, and drop its generation?"))
      return untouched();
    return print(instance.post(Json.object(), "rebuilds", view, "cancel"), output);
  }

  @Command(name = "generations", description = "Lists the generations of a view, and which of them readers see.", footer = {
      "%nExamples:", "  millrace view generations country-revenue"})
  int generations(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin Instance instance, @Mixin Output output) {
    List<JsonNode> generations = items(instance.get(List.of(), "generations", view));
    if (output.json())
      generations.forEach(this::printLine);
    else
      new Table(console).print(generations, GENERATION_COLUMNS);
    return 0;
  }

  @Command(name = "verify", description = "Compares a rebuilt view with the live one, row by row.", footer = {
      "%nExits with 1 where anything differs that the projection does not declare.", "%nExamples:",
      "  millrace view verify country-revenue",
      "  millrace view verify country-revenue --generation 3 -o json"})
  int verify(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--generation", paramLabel = "N", converter = Count.class, description = "the generation; the rebuilt one unless said") @Nullable Integer generation,
      @Mixin Instance instance, @Mixin Output output) {
    List<Parameter> query = generation == null
        ? List.of()
        : List.of(new Parameter("generation", generation.toString()));
    return compared(instance.get(query, "generations", view, "comparison"), output);
  }

  @Command(name = "audit", description = "Holds a live view against its log: folds the history anew, and compares.", footer = {
      "%nFinds a view that has drifted: a hand-made change, a fold that is not pure. Exits with 1 where it has.",
      "%nExamples:", "  millrace view audit country-revenue",
      "  millrace view audit product-sales --sample 0.1"})
  int audit(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--sample", paramLabel = "PART", defaultValue = "1", description = "which part of the keys to compare, such as 0.1; all unless said") double sample,
      @Mixin Instance instance, @Mixin Output output) {
    return compared(
        instance.get(List.of(new Parameter("sample", Double.toString(sample))), "generations", view,
            "audit"),
        output);
  }

  @Command(name = "as-of", description = "Shows a view as it was at some time, or what has changed in it since.", footer = {
      "%nThe history is folded anew up to there.", "%nExamples:",
      "  millrace view as-of country-revenue 2026-03-01T00:00:00Z --where country=France",
      "  millrace view as-of country-revenue 2026-03-01T00:00:00Z --diff"})
  int asOf(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Parameters(paramLabel = "TIME|POSITION", description = "a time such as 2026-03-01T00:00:00Z, or a place such as 0@41 in the stream's partitions, several with commas") String at,
      @Option(names = "--where", paramLabel = "CONDITION", converter = Condition.Reader.class, description = "only rows for which this holds, as of view list") @Nullable List<Condition> where,
      @Option(names = "--limit", paramLabel = "N", defaultValue = "100", converter = Count.class, description = "at most this many rows; 100 unless said") int limit,
      @Option(names = "--diff", description = "the rows that have changed since, old beside new") boolean diff,
      @Mixin Instance instance, @Mixin Output output) {
    var query = new ArrayList<Parameter>();
    query.add(new Parameter("at", at));
    if (diff) {
      compared(instance.get(query, "generations", view, "as-of", "comparison"), output);
      return 0;
    }
    if (where != null)
      where.forEach(condition -> query.add(new Parameter("filter", condition.toFilter())));
    query.add(new Parameter("limit", Integer.toString(Math.min(PAGE, limit))));
    List<JsonNode> rows = items(instance.get(query, "generations", view, "as-of").path("rows"));
    if (output.json())
      rows.forEach(this::printLine);
    else
      new Table(console).print(rows);
    return 0;
  }

  @Command(name = "promote", description = "Makes a rebuilt view the one that readers see, in one transaction.", footer = {
      "%nRefused where anything differs that the projection does not declare.", "%nExamples:",
      "  millrace view promote country-revenue",
      "  millrace view promote country-revenue --unverified --yes"})
  int promote(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--generation", paramLabel = "N", converter = Count.class, description = "the generation; the rebuilt one unless said") @Nullable Integer generation,
      @Option(names = "--unverified", description = "whatever its rows are") boolean unverified,
      @Mixin Confirmation confirmation, @Mixin Instance instance, @Mixin Output output) {
    if (unverified && !confirmation.isGiven("Promote a generation of " + view + " whatever its rows are?"))
      return untouched();
    var body = Json.object().put("unverified", unverified);
    if (generation != null)
      body.put("generation", generation);
    return print(instance.post(body, "generations", view, "promote"), output);
  }

  @Command(name = "rollback", description = "Makes the generation before the one that readers see again, in one transaction.", footer = {
      "%nExamples:", "  millrace view rollback country-revenue"})
  int rollback(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Option(names = "--in-time", description = "also where the generation before was not kept, and readers see what was so earlier") boolean inTime,
      @Mixin Confirmation confirmation, @Mixin Instance instance, @Mixin Output output) {
    if (inTime && !confirmation.isGiven("Roll " + view + " back, even if its readers go back in time?"))
      return untouched();
    return print(instance.post(Json.object().put("inTime", inTime), "generations", view, "rollback"), output);
  }

  @Command(name = "drop", description = "Takes a generation away that readers do not see.", footer = {
      "%nAfter it there is no rollback to that generation.", "%nExamples:",
      "  millrace view drop country-revenue 1"})
  int drop(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Parameters(paramLabel = "GENERATION", converter = Count.class, description = "its number") int generation,
      @Mixin Confirmation confirmation, @Mixin Instance instance, @Mixin Output output) {
    for (JsonNode one : instance.get(List.of(), "generations", view)) {
      if (one.path("generation").asInt() == generation) {
        one.path("dependents").forEach(dependent -> console.err()
            .println("millrace: " + Table.printable(dependent.asText()) + " is made from it"));
      }
    }
    if (!confirmation.isGiven("Drop generation " + generation + " of " + view + ", with its table?"))
      return untouched();
    return print(instance.post(Json.object().put("generation", generation), "generations", view, "drop"),
        output);
  }

  private int untouched() {
    console.err().println("millrace: nothing was changed");
    return 1;
  }

  private int print(JsonNode object, Output output) {
    if (output.json())
      printLine(object);
    else
      new Table(console).print(object);
    return 0;
  }

  /** What differs, a row a line, and in the end how much of it. */
  private int compared(JsonNode found, Output output) {
    if (output.json())
      printLine(found);
    else
      new RowDifferences(console).print(found);
    return found.path("asExpected").asBoolean() ? 0 : 1;
  }

  /** Page by page, as the instance gives no more at once. */
  private List<JsonNode> rows(Instance instance, AtLeastOptions atLeast, String view,
      List<Parameter> query, int limit) {
    var rows = new ArrayList<JsonNode>();
    @Nullable
    String page = null;
    do {
      var asked = new ArrayList<>(query);
      asked.add(new Parameter("limit", Integer.toString(Math.min(PAGE, limit - rows.size()))));
      if (page != null)
        asked.add(new Parameter("page", page));
      JsonNode answer = instance.get(atLeast.headers(), asked, "views", view);
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
