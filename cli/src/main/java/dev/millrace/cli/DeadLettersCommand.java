package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The events that views keep aside because they cannot be applied, with what waits behind them. */
@Command(name = "dead-letters", description = "Looks at the events that a view has parked, tries them again, or drops them.", footer = {
    "%nAn event that cannot be decoded or folded is parked, and those behind it under its key wait for it in order.",
    "%nExamples:",
    "  millrace dead-letters list",
    "  millrace dead-letters show country-revenue --key 536365",
    "  millrace dead-letters redrive country-revenue --fingerprint 5c0d3a… --dry-run",
    "  millrace dead-letters discard country-revenue --key 536365 --reason 'sent twice'"})
final class DeadLettersCommand {
  private static final String PATH = "dead-letters";
  private static final int PAGE = 1_000;
  private static final List<String> GROUPS = List.of("view", "fingerprint", "reason", "records", "keys",
      "waiting",
      "first", "last", "message");
  private static final List<String> RECORDS = List.of("key", "partition", "position", "reason", "fingerprint",
      "parkedAt", "message");
  private static final List<String> DISCARDED = List.of("key", "partition", "position", "reason",
      "fingerprint",
      "discardedAt", "discardedBy", "discardedBecause");
  private static final List<String> QUEUES = List.of("key", "discarded", "redriven", "parked", "reason",
      "fingerprint",
      "message");

  private final Console console;

  @Spec
  private final CommandSpec command;

  DeadLettersCommand(Console console) {
    this.console = console;
    this.command = CommandSpec.create(); // the command line puts its own here
  }

  @Command(name = "list", description = "Lists the causes for which events are parked, with their counts; or the events.", footer = {
      "%nWithout a view it lists the causes of all views.", "%nExamples:", "  millrace dead-letters list",
      "  millrace dead-letters list country-revenue --records --key 536365 -o json",
      "  millrace dead-letters list country-revenue --discarded"})
  int list(
      @Parameters(paramLabel = "VIEW", arity = "0..1", description = "the view's name") @Nullable String view,
      @Mixin ParkedChoice choice,
      @Option(names = "--records", description = "the parked events themselves, by key and in order") boolean records,
      @Option(names = "--discarded", description = "those that were discarded, the latest first") boolean discarded,
      @Option(names = "--limit", paramLabel = "N", defaultValue = "100", converter = Count.class, description = "at most this many events; 100 unless said") int limit,
      @Mixin Instance instance, @Mixin Output output) {
    if (view == null && (records || discarded))
      throw new ParameterException(command.commandLine(),
          "say of which view: --records and --discarded are of one");
    if (view != null && records)
      print(records(instance, view, choice, limit), RECORDS, output);
    else if (view != null && discarded)
      print(items(instance.get(with(choice, "limit", Math.min(PAGE, limit)), PATH, view, "discarded")),
          DISCARDED,
          output);
    else
      print(groups(instance, view == null ? views(instance) : List.of(view), choice), GROUPS, output);
    return 0;
  }

  private static List<String> views(Instance instance) {
    var views = new ArrayList<String>();
    instance.get(List.of(), "views").forEach(view -> views.add(view.path("name").asText()));
    return views;
  }

  private static List<JsonNode> groups(Instance instance, List<String> views, ParkedChoice choice) {
    var groups = new ArrayList<JsonNode>();
    for (String view : views) {
      for (JsonNode group : instance.get(choice.query(), PATH, view)) {
        ObjectNode line = Json.object().put("view", view);
        line.setAll((ObjectNode) group);
        groups.add(line);
      }
    }
    return groups;
  }

  private static List<JsonNode> records(Instance instance, String view, ParkedChoice choice, int limit) {
    var records = new ArrayList<JsonNode>();
    @Nullable
    String page = null;
    do {
      List<Parameter> query = with(choice, "limit", Math.min(PAGE, limit - records.size()));
      if (page != null)
        query.add(new Parameter("page", page));
      JsonNode answer = instance.get(query, PATH, view, "records");
      records.addAll(items(answer.path("records")));
      page = answer.path("next").asText(null);
    } while (page != null && records.size() < limit);
    return records;
  }

  private static List<Parameter> with(ParkedChoice choice, String name, int value) {
    var query = new ArrayList<>(choice.query());
    query.add(new Parameter(name, Integer.toString(value)));
    return query;
  }

  @Command(name = "show", description = "Shows parked events with all that is known of them: where they failed, their envelope, what is in them.", footer = {
      "%nThe first of a key is the one that fails; the others wait behind it.", "%nExamples:",
      "  millrace dead-letters show country-revenue --key 536365",
      "  millrace dead-letters show country-revenue --fingerprint 5c0d3a… --limit 5 -o json"})
  int show(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin ParkedChoice choice,
      @Option(names = "--limit", paramLabel = "N", defaultValue = "1", converter = Count.class, description = "at most this many, up to 100; 1 unless said") int limit,
      @Mixin Instance instance, @Mixin Output output) {
    List<JsonNode> shown = items(instance.get(with(choice, "limit", limit), PATH, view, "contents"));
    for (JsonNode record : shown) {
      if (output.json())
        console.out().println(Json.line(record));
      else
        show((ObjectNode) record);
    }
    return 0;
  }

  private void show(ObjectNode record) {
    String stack = record.path("stack").asText("");
    JsonNode rest = record.deepCopy().without("stack");
    new Table(console).print(rest);
    stack.lines().forEach(line -> console.out().println("  " + Table.printable(line)));
    console.out().println();
  }

  @Command(name = "redrive", description = "Takes parked events through today's schemas and code, key by key, each key in order; what waits behind them follows.", footer = {
      "%nExits with 1 where events are parked still; what fails again stays, with those behind it.",
      "%nExamples:",
      "  millrace dead-letters redrive country-revenue --all --dry-run",
      "  millrace dead-letters redrive country-revenue --fingerprint 5c0d3a… --rate 500"})
  int redrive(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin RedriveOptions options, @Mixin Instance instance, @Mixin Output output) {
    return run(instance, view, "redrive", options.body(), output);
  }

  @Command(name = "discard", description = "Drops events that will never go through, and lets those behind them follow. They are kept with the reason in millrace.discarded.", footer = {
      "%nOf each key all events of the fingerprint are dropped, or else the first.",
      "Exits with 1 where events are parked still.", "%nExamples:",
      "  millrace dead-letters discard country-revenue --key 536365 --reason 'sent twice'",
      "  millrace dead-letters discard country-revenue --fingerprint 5c0d3a… --reason 'test data' --yes"})
  int discard(@Parameters(paramLabel = "VIEW", description = "the view's name") String view,
      @Mixin RedriveOptions options,
      @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why; kept with what is dropped") String reason,
      @Mixin Confirmation confirmation, @Mixin Instance instance, @Mixin Output output) {
    ObjectNode body = options.body().put("reason", reason).put("by",
        System.getProperty("user.name", "nobody"));
    String which = options.toString();
    if (!options.isDryRun() && !confirmation
        .isGiven("Discard parked events of " + view + (which.isEmpty() ? ", of every key the first" : which)
            + "?")) {
      console.err().println("millrace: nothing was discarded");
      return 1;
    }
    return run(instance, view, "discard", body, output);
  }

  /** Again and again, as the instance answers after some seconds; a key that takes longer stands in several answers. */
  private int run(Instance instance, String view, String what, ObjectNode body, Output output) {
    var queues = new LinkedHashMap<String, ObjectNode>();
    @Nullable
    String next = null;
    do {
      JsonNode report = instance.post(next == null ? body : body.deepCopy().put("after", next), PATH, view,
          what);
      for (JsonNode queue : report.path("queues"))
        queues.merge(queue.path("stream") + " " + queue.path("key") + (queue.path("key").asText().isEmpty()
            ? " " + queues.size()
            : ""), (ObjectNode) queue, DeadLettersCommand::sum);
      next = report.path("next").asText(null);
    } while (next != null);
    print(List.copyOf(queues.values()), QUEUES, output);
    long stay = queues.values().stream().filter(queue -> queue.path("parked").asLong() > 0).count();
    if (stay == 0)
      return 0;
    boolean told = body.path("dryRun").asBoolean();
    console.err().println("millrace: " + stay + (stay == 1 ? " key " : " keys ")
        + (told ? "would stay parked" : stay == 1 ? "is parked still" : "are parked still"));
    return 1;
  }

  private static ObjectNode sum(ObjectNode before, ObjectNode after) {
    return after.put("discarded", before.path("discarded").asLong() + after.path("discarded").asLong())
        .put("redriven", before.path("redriven").asLong() + after.path("redriven").asLong());
  }

  private void print(List<JsonNode> lines, List<String> columns, Output output) {
    if (output.json())
      lines.forEach(line -> console.out().println(Json.line(line)));
    else
      new Table(console).print(lines, columns);
  }

  private static List<JsonNode> items(JsonNode array) {
    var items = new ArrayList<JsonNode>();
    array.forEach(items::add);
    return items;
  }
}
