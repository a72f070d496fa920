package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The events of a stream, decoded, with their envelopes. */
@Command(name = "tail", description = "Prints the events of a stream with their envelopes, in order within each partition.", footer = {
    "%nWhat cannot be decoded is printed with its error, and stops nothing.", "%nExamples:",
    "  millrace tail sales.orders --limit 10",
    "  millrace tail sales.orders --from end --follow -o json | jq .event",
    "  millrace tail sales.orders --from 2026-11-21T07:00:00Z"})
final class TailCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "STREAM", description = "the stream's name")
  private String stream = "";

  @Option(names = "--from", paramLabel = "start|end|TIME", defaultValue = "start", description = "where to begin: start (the default), end, or a time of append such as 2026-11-21T07:00:00Z")
  private String from = "start";

  @Option(names = "--limit", paramLabel = "N", converter = Count.class, description = "at most this many events; 100 unless said, without end with --follow")
  private @Nullable Integer limit;

  @Option(names = {"-f", "--follow"}, description = "wait for new events at the end, until Ctrl-C")
  private boolean follow;

  @Mixin
  private final Instance instance = new Instance();

  @Mixin
  private final Output output = new Output();

  TailCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var query = new ArrayList<Parameter>();
    query.add(new Parameter("from", from));
    query.add(new Parameter("follow", Boolean.toString(follow)));
    if (limit != null)
      query.add(new Parameter("limit", Integer.toString(limit)));
    instance.lines(line -> print(line, output.json()), query, "streams", stream, "records");
    return 0;
  }

  private boolean print(String line, boolean json) {
    console.out().println(json ? line : text(line));
    // a program that stops reading, as head does, has seen enough
    return !console.readerHasGone();
  }

  /** On one line: the widths of those that follow are not known yet. */
  private static String text(String line) {
    JsonNode entry = Json.answered(line);
    JsonNode envelope = entry.path("envelope");
    return String.join("  ", List.of(
        entry.path("partition").asText() + "@" + entry.path("position").asText(),
        Table.cell(envelope.path("time")),
        Table.cell(entry.path("type")),
        Table.cell(entry.path("key")),
        entry.has("error") ? "error " + Table.cell(entry.path("error")) : Table.cell(entry.path("event")),
        Table.cell(envelope)));
  }
}
