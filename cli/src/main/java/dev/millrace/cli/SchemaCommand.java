package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schema.AllowedChanges;
import dev.millrace.schema.ChangeCheck;
import dev.millrace.schema.EventSchemas;
import dev.millrace.schema.EventVersion;
import dev.millrace.schema.Finding;
import dev.millrace.schema.Level;
import dev.millrace.schema.Registration;
import dev.millrace.schema.SchemaCheck;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.schema.SchemaSource;
import dev.millrace.schema.Severity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Schemas of events as files: what a change of them does, what their versions mean, and what a registry has of them. */
@Command(name = "schema", description = "Judges changes of schemas by what they do to events, and registers them.", footer = {
    "%nThe schemas stand in <context>/<Event>/v1.avsc, v2.avsc … of a folder, event-schemas unless said. A change that",
    "breaks or damages is let through by a line in its allowed-changes.txt: rule, path and reason.",
    "%nExamples:", "  millrace schema check --against git:main",
    "  millrace schema diff git:main event-schemas", "  millrace schema new-version shop.sales.OrderPlaced",
    "  millrace schema register --to http://localhost:8081 --dry-run"})
final class SchemaCommand {
  /** What a check ends with where a change may not ship. */
  static final int FORBIDDEN = 100;
  static final Path DEFAULT = Path.of("event-schemas");

  private final Console console;

  SchemaCommand(Console console) {
    this.console = console;
  }

  private static List<Path> folders(@Nullable List<Path> given) {
    return given == null ? List.of(DEFAULT) : given;
  }

  @Command(name = "check", description = "Checks the schemas of folders against those that others have already.", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
      "0:nothing breaks and nothing is damaged", "1:failed; the reason is on standard error",
      "2:the command line cannot be understood", "100:a change breaks or damages"}, footer = {"%nExamples:",
          "  millrace schema check --against git:main",
          "  millrace schema check sales/event-schemas --against registry:http://localhost:8081 --format github"})
  int check(
      @Parameters(paramLabel = "DIR", arity = "0..*", description = "the folders of the schemas; event-schemas unless said") @Nullable List<Path> dirs,
      @Option(names = "--against", required = true, paramLabel = "git:REF|registry:URL|DIR", converter = SourceConverter.class, description = "what others have: the same folders at a commit, a registry, or another folder") SchemaSource against,
      @Option(names = "--level", paramLabel = "LEVEL", converter = LevelConverter.class, description = "whom a change must not hurt: BACKWARD, FORWARD or FULL, each also with _TRANSITIVE, or NONE; what each schema says unless said, and FULL_TRANSITIVE where it says nothing") @Nullable Level level,
      @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (the default), json (one finding a line), github or junit") Findings.Format format)
      throws IOException {
    var folders = folders(dirs);
    var check = ChangeCheck.between(against.read(folders), EventSchemas.of(folders),
        Optional.ofNullable(level),
        AllowedChanges.of(folders));
    new Findings(console).print(check.findings(), format);
    check.unused().forEach(line -> console.err()
        .println("millrace: allowed and nowhere found, so it can go: " + line.rule() + " " + line.path()));
    if (format == Findings.Format.text)
      console.err().println("millrace: " + summary(check.findings()));
    return check.forbids() ? FORBIDDEN : 0;
  }

  private static String summary(List<Finding> findings) {
    if (findings.isEmpty())
      return "nothing differs";
    return List.of(Severity.values()).reversed().stream()
        .map(severity -> findings.stream().filter(finding -> finding.severity() == severity).count() + " "
            + severity)
        .collect(Collectors.joining(", "));
  }

  @Command(name = "diff", description = "Shows what differs between two sets of schemas, and what it does.", footer = {
      "%nCompares the newest versions of each event.", "%nExamples:",
      "  millrace schema diff git:main event-schemas",
      "  millrace schema diff event-schemas/sales/OrderPlaced/v1.avsc event-schemas/sales/OrderPlaced/v2.avsc"})
  int diff(
      @Parameters(index = "0", paramLabel = "A", converter = SourceConverter.class, description = "the older: a folder, a file, git:REF (the folder of the other at a commit) or registry:URL") SchemaSource older,
      @Parameters(index = "1", paramLabel = "B", converter = SourceConverter.class, description = "the newer") SchemaSource newer,
      @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = "text (the default), json (one finding a line), github or junit") Findings.Format format)
      throws IOException {
    var folders = folderOf(older).or(() -> folderOf(newer)).map(List::of).orElse(List.of(DEFAULT));
    var before = older.read(folders);
    var after = newer.read(folders);
    var findings = new ArrayList<Finding>();
    after.byName().forEach((name, versions) -> {
      if (!before.versions(name).isEmpty())
        findings.addAll(SchemaCheck.between(before.versions(name).getLast(), versions.getLast(), Level.FULL));
    });
    findings.addAll(comeAndGone(before, after));
    new Findings(console).print(findings, format);
    return 0;
  }

  /** Events that only one of the two has. */
  private static List<Finding> comeAndGone(EventSchemas before, EventSchemas after) {
    return ChangeCheck.between(before, after, Optional.of(Level.NONE), AllowedChanges.NONE).findings()
        .stream()
        .filter(finding -> switch (finding.rule()) {
          case EVENT_ADDED, EVENT_REMOVED -> true;
          default -> false;
        }).toList();
  }

  private static Optional<Path> folderOf(SchemaSource source) {
    return source instanceof SchemaSource.Place(var path) && Files.isDirectory(path)
        ? Optional.of(path)
        : Optional.empty();
  }

  @Command(name = "version", description = "Says what each version means, as Interface.Feature.Bugfix, and why.", footer = {
      "%nExamples:", "  millrace schema version", "  millrace schema version sales/event-schemas -o json"})
  int version(
      @Parameters(paramLabel = "DIR", arity = "0..*", description = "the folders of the schemas; event-schemas unless said") @Nullable List<Path> dirs,
      @Mixin Output output) {
    var rows = new ArrayList<JsonNode>();
    EventSchemas.of(folders(dirs)).byName().forEach((name, versions) -> {
      var level = Level.of(versions.getLast());
      var numbers = EventVersion.of(versions, level);
      for (int i = 0; i < numbers.size(); i++)
        rows.add(Json.object().put("event", name).put("version", "v" + (i + 1))
            .put("number", numbers.get(i).toString())
            .put("because", because(versions.subList(0, i + 1), level)));
    });
    print(rows, output);
    return 0;
  }

  private static String because(List<Schema> versions, Level level) {
    var findings = SchemaCheck.of(versions, level);
    if (versions.size() == 1)
      return "the first";
    if (findings.isEmpty())
      return "nothing differs";
    var worst = findings.getFirst().severity();
    return worst + ": " + findings.stream().filter(finding -> finding.severity() == worst)
        .map(finding -> finding.rule() + " " + finding.path()).distinct().collect(Collectors.joining(", "));
  }

  @Command(name = "new-version", description = "Copies the newest version of an event as the next, ready to edit.", footer = {
      "%nExamples:", "  millrace schema new-version shop.sales.OrderPlaced"})
  int newVersion(
      @Parameters(paramLabel = "EVENT", description = "the event's full name") String event,
      @Option(names = "--dir", paramLabel = "DIR", description = "the folder of the schemas; event-schemas unless said") @Nullable Path dir)
      throws IOException {
    var folder = dir == null ? DEFAULT : dir;
    var versions = versions(EventSchemas.of(List.of(folder)), event);
    var newest = versions.getLast();
    var context = newest.getNamespace().substring(newest.getNamespace().lastIndexOf('.') + 1);
    var home = folder.resolve(context).resolve(newest.getName());
    var file = home.resolve("v" + (versions.size() + 1) + ".avsc");
    // as it stands, with its layout; an upcaster is of the version that it begins alone
    var text = Files.readString(home.resolve("v" + versions.size() + ".avsc"))
        .replaceAll("\\s*\"upcaster\"\\s*:\\s*\"[^\"]*\"\\s*,|,\\s*\"upcaster\"\\s*:\\s*\"[^\"]*\"", "");
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw new CliException(CliException.Code.REFUSED, file + " is there already: edit it", e);
    }
    console.out().println(file);
    return 0;
  }

  private static List<Schema> versions(EventSchemas schemas, String event) {
    var versions = schemas.versions(event);
    if (versions.isEmpty())
      throw new CliException(CliException.Code.REFUSED, "there is no event " + event + ": there are "
          + String.join(", ", schemas.byName().keySet()));
    return versions;
  }

  @Command(name = "list", description = "Lists events with their streams, keys, owners and versions.", footer = {
      "%nExamples:", "  millrace schema list",
      "  millrace schema list --from registry:http://localhost:8081"})
  int list(
      @Option(names = "--from", paramLabel = "git:REF|registry:URL|DIR", converter = SourceConverter.class, description = "where the schemas are; the folder event-schemas unless said") @Nullable SchemaSource from,
      @Mixin Output output) throws IOException {
    var rows = new ArrayList<JsonNode>();
    read(from).byName().forEach((name, versions) -> {
      var newest = versions.getLast();
      rows.add(Json.object().put("event", name).put("stream", newest.getProp("stream"))
          .put("key", newest.getProp("key")).put("owner", newest.getProp("owner"))
          .put("versions", versions.size())
          .put("level", Level.of(newest).name()));
    });
    print(rows, output);
    return 0;
  }

  @Command(name = "show", description = "Prints a version of an event's schema.", footer = {"%nExamples:",
      "  millrace schema show shop.sales.OrderPlaced",
      "  millrace schema show shop.sales.OrderPlaced --version 1"})
  int show(@Parameters(paramLabel = "EVENT", description = "the event's full name") String event,
      @Option(names = "--version", paramLabel = "N", converter = Count.class, description = "which version; the newest unless said") @Nullable Integer version,
      @Option(names = "--from", paramLabel = "git:REF|registry:URL|DIR", converter = SourceConverter.class, description = "where the schemas are; the folder event-schemas unless said") @Nullable SchemaSource from)
      throws IOException {
    var versions = versions(read(from), event);
    if (version != null && version > versions.size())
      throw new CliException(CliException.Code.REFUSED, event + " has versions 1 to " + versions.size());
    console.out()
        .println(Json.pretty((version == null ? versions.getLast() : versions.get(version - 1)).toString()));
    return 0;
  }

  private static EventSchemas read(@Nullable SchemaSource from) throws IOException {
    return (from == null ? new SchemaSource.Place(DEFAULT) : from).read(List.of(DEFAULT));
  }

  @Command(name = "register", description = "Registers every version of the events of folders, in their order.", footer = {
      "%nWhat is registered already stays as it is. Where one is refused, nothing is registered.",
      "%nExamples:",
      "  millrace schema register --to http://localhost:8081 --dry-run",
      "  millrace schema register --to http://localhost:8081"})
  int register(
      @Parameters(paramLabel = "DIR", arity = "0..*", description = "the folders of the schemas; event-schemas unless said") @Nullable List<Path> dirs,
      @Option(names = "--to", required = true, paramLabel = "URL", converter = AddressConverter.class, description = "the registry, such as http://localhost:8081") URI to,
      @Option(names = "--dry-run", description = "only say what would be registered") boolean dryRun,
      @Mixin Output output) {
    var registry = SchemaRegistry.at(to);
    var plan = Registration.plan(registry, EventSchemas.of(folders(dirs)));
    var refused = plan.stream().filter(step -> !step.refusals().isEmpty()).toList();
    var rows = new ArrayList<JsonNode>();
    for (var step : plan) {
      var row = Json.object().put("subject", step.subject()).put("version", "v" + step.version());
      if (!step.refusals().isEmpty())
        row.put("state", "refused").put("reason", String.join("; ", step.refusals()));
      else if (step.id().isPresent())
        row.put("state", "registered").put("id", step.id().getAsInt());
      else if (dryRun || !refused.isEmpty())
        row.put("state", "new");
      else
        row.put("state", "new").put("id", step.apply(registry));
      rows.add(row);
    }
    print(rows, output);
    return refused.isEmpty() ? 0 : FORBIDDEN;
  }

  @Command(name = "usage", description = "Counts which schemas the records of a stream were written under.", footer = {
      "%nReads every record that is kept, by way of a running instance. A version with no records can be retired.",
      "%nExamples:", "  millrace schema usage sales.orders", "  millrace schema usage sales.orders -o json"})
  int usage(@Parameters(paramLabel = "STREAM", description = "the stream's name") String stream,
      @Mixin Instance instance, @Mixin Output output) {
    var rows = new ArrayList<JsonNode>();
    instance.lines(line -> {
      var row = Json.answered(line);
      if (row.has("counted"))
        console.err().println("millrace: " + row.path("counted").asLong() + " records counted");
      else
        rows.add(row);
      return !console.readerHasGone();
    }, List.of(), "streams", stream, "schemas");
    print(rows, output);
    return 0;
  }

  private void print(List<JsonNode> rows, Output output) {
    if (output.json())
      rows.forEach(row -> console.out().println(Json.line(row)));
    else
      new Table(console).print(rows);
  }

  /** Reads a level from the command line. */
  static final class LevelConverter implements ITypeConverter<Level> {
    @Override
    public Level convert(String value) {
      return converted(value, Level::of);
    }
  }

  /** Reads the address of a registry from the command line. */
  static final class AddressConverter implements ITypeConverter<URI> {
    @Override
    public URI convert(String value) {
      return converted(value, SchemaSource::address);
    }
  }

  /** Reads from the command line where schemas are. */
  static final class SourceConverter implements ITypeConverter<SchemaSource> {
    @Override
    public SchemaSource convert(String value) {
      return converted(value, SchemaSource::parse);
    }
  }

  private static <T> T converted(String value, Function<String, T> parsing) {
    try {
      return parsing.apply(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
