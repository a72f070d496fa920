package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a view would be with code that is not live yet. */
@Command(name = "rehearse", description = "Says what a view would be if it were rebuilt with the code of a running instance.", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
    "0:every event is taken, and nothing differs but what the projection declares; of the last events, every one is read",
    "1:failed; the reason is on standard error", "2:the command line cannot be understood",
    "100:an event is not taken, or a row differs; of the last events, one is not read"}, footer = {
        "%nStart the candidate beside the live instances: it folds the history through its schemas, upcasters and projection",
        "into a table that is thrown away. The live view is left alone.", "%nExamples:",
        "  millrace schema rehearse country-revenue --url http://127.0.0.1:8090",
        "  millrace schema rehearse country-revenue --last 10000"})
final class RehearseCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "VIEW", description = "the view's name")
  private String view = "";
  @Option(names = "--since", paramLabel = "TIME", description = "take no events that were appended before, and compare no rows then")
  private @Nullable String since;
  @Option(names = "--last", paramLabel = "N", description = "take the last N events alone, up to 100000, and compare no rows then")
  private @Nullable Long last;
  @Mixin
  private Instance instance = new Instance();
  @Mixin
  private Output output = new Output();

  RehearseCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var found = new ArrayList<JsonNode>();
    var query = new ArrayList<Instance.Parameter>();
    if (since != null)
      query.add(new Instance.Parameter("since", since));
    if (last != null)
      query.add(new Instance.Parameter("last", last.toString()));
    try (var progress = new ProgressLine(console)) {
      progress.tell("the history of " + view + " is being folded");
      instance.lines(line -> {
        var item = Json.answered(line);
        if (item.hasNonNull("detail"))
          throw new CliException(CliException.Code.REFUSED, item.get("detail").asText());
        if (item.has("asExpected"))
          found.add(item);
        else
          progress.tell(text(item));
        return true;
      }, query, "generations", view, "rehearsal");
    }
    if (found.isEmpty())
      throw new CliException(CliException.Code.BAD_ANSWER, "the instance ended before the rehearsal did");
    var done = found.getFirst();
    if (output.json())
      console.out().println(Json.line(done));
    else
      print(done);
    return done.path("asExpected").asBoolean() ? 0 : SchemaCommand.FORBIDDEN;
  }

  private static String text(JsonNode progress) {
    long records = progress.path("records").asLong();
    return progress.hasNonNull("total")
        ? String.format(Locale.ROOT, "%,d of %,d records (%d %%)", records, progress.path("total").asLong(),
            Math.min(100, 100 * records / Math.max(1, progress.path("total").asLong())))
        : String.format(Locale.ROOT, "%,d records", records);
  }

  private void print(JsonNode done) {
    done.path("failures")
        .forEach(failure -> console.out().println(failure.path("records").asLong() + " events of "
            + failure.path("keys").asLong() + " keys are not taken: " + failure.path("reason").asText() + ": "
            + Table.cell(failure.path("example"))));
    double seconds = done.path("tookMillis").asLong() / 1000.0;
    if (done.hasNonNull("comparison")) {
      new RowDifferences(console).print(done.path("comparison"));
      console.out().println("a rebuild takes about " + seconds + " s");
    } else {
      console.out()
          .println(done.path("records").asLong() + " events took " + seconds + " s; rows are not compared");
    }
  }
}
