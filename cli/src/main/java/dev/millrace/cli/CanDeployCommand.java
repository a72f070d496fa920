package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schema.DeployCheck;
import dev.millrace.schema.EventReader;
import dev.millrace.schema.EventSchemas;
import dev.millrace.schema.Finding;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a service can go live with its schemas, as the readers that run say. */
@Command(name = "can-deploy", description = "Asks running instances whom a service would hurt if it went live with its schemas.", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
    "0:every reader is fine, or does not use what changes", "1:failed; the reason is on standard error",
    "2:the command line cannot be understood", "100:a reader breaks, or uses what is damaged"}, footer = {
        "%nEach instance says what its views and stream apps read events as, and which fields their handlers have used",
        "since it began; one that has read nothing counts as using all. Give the addresses of all instances that read: who is not",
        "asked is not heard. What a handler passes on whole, without asking for its fields, does not count as used.",
        "%nExamples:", "  millrace schema can-deploy --service orders",
        "  millrace schema can-deploy --service orders --dir orders/event-schemas --url http://billing:8080,http://stock:8080"})
final class CanDeployCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--service", paramLabel = "NAME", description = "the owner of the events; all events of the folders unless said")
  private @Nullable String service;
  @Option(names = "--dir", paramLabel = "DIR", description = "the folders of the schemas; event-schemas unless said")
  private @Nullable List<Path> dirs;
  @Option(names = "--url", split = ",", paramLabel = "URL", defaultValue = "${env:MILLRACE_URL:-http://127.0.0.1:8080}", description = "the HTTP addresses of running instances; otherwise MILLRACE_URL, otherwise http://127.0.0.1:8080")
  private List<URI> urls = List.of();
  @Mixin
  private Output output = new Output();

  CanDeployCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var schemas = EventSchemas.of(dirs == null ? List.of(SchemaCommand.DEFAULT) : dirs);
    requireOwner(schemas);
    var rows = new ArrayList<JsonNode>();
    var read = new TreeSet<String>();
    boolean forbidden = false;
    for (var url : urls) {
      for (var verdict : DeployCheck.of(schemas, Optional.ofNullable(service), readers(url))) {
        read.add(verdict.reader().event());
        forbidden |= verdict.standing().forbidden();
        rows.add(row(url, verdict));
      }
    }
    print(rows);
    schemas.byName().forEach((event, versions) -> {
      if (!read.contains(event) && (service == null || service.equals(versions.getLast().getProp("owner"))))
        console.err().println("millrace: none of those asked reads " + event);
    });
    return forbidden ? SchemaCommand.FORBIDDEN : 0;
  }

  private void requireOwner(EventSchemas schemas) {
    var owners = DeployCheck.owners(schemas);
    if (service != null && !owners.contains(service)) {
      throw new CliException(CliException.Code.REFUSED, "no event of the folders has the owner " + service
          + ": there are " + String.join(", ", owners));
    }
  }

  private static List<EventReader> readers(URI url) {
    var instance = new Instance();
    instance.url(url);
    try {
      var readers = new ArrayList<EventReader>();
      instance.get(List.of(), "readers").forEach(item -> readers.add(reader(item)));
      return readers;
    } catch (AvroRuntimeException | DateTimeException e) {
      throw new CliException(CliException.Code.BAD_ANSWER,
          url + " tells of its readers what cannot be understood: "
              + e.getMessage() + ": is it of another version?",
          e);
    }
  }

  private static EventReader reader(JsonNode item) {
    Map<String, Set<String>> fields = new LinkedHashMap<>();
    item.path("fields").properties().forEach(record -> {
      var names = new TreeSet<String>();
      record.getValue().forEach(name -> names.add(name.asText()));
      fields.put(record.getKey(), names);
    });
    var schemas = new ArrayList<Schema>();
    item.path("schemas").forEach(text -> schemas.add(new Schema.Parser().parse(text.asText())));
    return new EventReader(item.path("reader").asText(), schemas, fields, item.path("events").asLong(),
        Instant.parse(item.path("since").asText()));
  }

  private ObjectNode row(URI url, DeployCheck.Verdict verdict) {
    var reader = verdict.reader();
    var row = Json.object().put("reader", reader.name()).put("at", url.toString())
        .put("event", reader.event())
        .put("reads", "v" + reader.schemas().size()).put("events", reader.events())
        .put("since", reader.since().toString()).put("standing", verdict.standing().toString())
        .put("because", verdict.findings().stream().map(CanDeployCommand::because)
            .collect(Collectors.joining("; ")));
    if (output.json())
      verdict.findings().forEach(finding -> row.withArray("findings").add(Findings.json(finding)));
    return row;
  }

  private static String because(Finding finding) {
    return finding.rule() + " " + finding.path();
  }

  private void print(List<JsonNode> rows) {
    if (output.json())
      rows.forEach(row -> console.out().println(Json.line(row)));
    else
      new Table(console).print(rows);
  }
}
