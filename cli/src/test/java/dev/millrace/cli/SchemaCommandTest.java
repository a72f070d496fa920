package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevRegistry;
import dev.millrace.dev.SharedServers;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** The commands on a service's schemas in a Git repository, and with a registry. */
class SchemaCommandTest {
  private static final String PAID = """
      {
        "type": "record",
        "name": "Paid",
        "namespace": "shop.ledger",
        "stream": "ledger", "key": "id", "owner": "ledger",
        "fields": [
          {"name": "id", "type": "string"}%s
        ]
      }
      """;
  private static final String CENTS = ",\n    {\"name\": \"cents\", \"type\": \"long\"}";
  private static final String EUROS = ",\n    {\"name\": \"cents\", \"type\": \"double\"}";
  private static final String NOTE = CENTS
      + ",\n    {\"name\": \"note\", \"type\": \"string\", \"default\": \"\"}";

  @TempDir
  Path repository;

  private Path schemas;
  private Path paid;

  @BeforeEach
  void commitTheFirstVersion() throws Exception {
    schemas = repository.resolve("event-schemas");
    paid = Files.createDirectories(schemas.resolve("ledger/Paid"));
    Files.writeString(paid.resolve("v1.avsc"), PAID.formatted(CENTS));
    git("init", "--quiet", "--initial-branch=main");
    git("add", ".");
    git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "first");
  }

  private void git(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git", "-C", repository.toString()));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private Run check(String... options) {
    var arguments = new ArrayList<>(List.of("schema", "check", schemas.toString(), "--against", "git:main"));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  @Test
  void nothing_new_is_fine() {
    var run = check();

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("nothing differs");
  }

  @Test
  void a_version_that_hurts_nobody_is_fine_and_is_told() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(NOTE));

    var run = check();

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("safe field-added shop.ledger.Paid.note: nothing → string");
  }

  @Test
  void a_version_that_damages_ends_with_100_and_shows_the_event() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(EUROS));

    var run = check("--level", "backward");

    assertThat(run.code()).isEqualTo(100);
    assertThat(run.out()).contains("damaging type-promoted shop.ledger.Paid.cents: long → double",
        "written {\"id\":\"\",\"cents\":9007199254740993}",
        "read    {\"id\":\"\",\"cents\":9.007199254740992E15}",
        "breaking upcaster-missing shop.ledger.Paid: nothing → v2 is 2.0.0");
    assertThat(run.err()).contains("1 breaking, 1 damaging, 0 risky, 0 safe");
  }

  @Test
  void an_upcaster_answers_for_a_major_change() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"),
        PAID.formatted(EUROS).replace("\"stream\"", "\"upcaster\": \"shop.EurosFromCents\", \"stream\""));

    var run = check();

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("risky major-changed shop.ledger.Paid: nothing → shop.EurosFromCents");
  }

  @Test
  void a_published_version_that_is_edited_or_gone_is_refused() throws IOException {
    Files.writeString(paid.resolve("v1.avsc"), PAID.formatted(NOTE));
    assertThat(check()).satisfies(run -> {
      assertThat(run.code()).isEqualTo(100);
      assertThat(run.out()).contains("breaking version-edited shop.ledger.Paid: v1 → field-added",
          "restore v1");
    });

    Files.delete(paid.resolve("v1.avsc"));
    Files.delete(paid);
    assertThat(check()).satisfies(run -> {
      assertThat(run.code()).isEqualTo(100);
      assertThat(run.out()).contains("breaking event-removed shop.ledger.Paid");
    });
  }

  @Test
  void what_a_line_under_review_allows_is_let_through_and_needs_a_reason() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(EUROS));
    var allowed = schemas.resolve("allowed-changes.txt");

    Files.writeString(allowed, "# of the ledger\ntype-promoted shop.ledger.Paid.cents\ntype-promted x y\n");
    assertThat(check()).satisfies(run -> {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("allowed-changes.txt:2: says no reason",
          "allowed-changes.txt:3: 'type-promted'");
    });

    Files.writeString(allowed,
        "type-promoted shop.ledger.Paid.cents nobody pays so much\nkey-changed shop.ledger.Paid we asked all\n");
    assertThat(check()).satisfies(run -> {
      assertThat(run.code()).isZero();
      assertThat(run.err()).contains("allowed and nowhere found, so it can go: key-changed shop.ledger.Paid");
    });
  }

  @Test
  void findings_are_printed_for_programs_and_for_the_pages_of_a_build() throws Exception {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(EUROS));

    var finding = Json.read(check("--format", "json").out().lines().findFirst().orElseThrow());
    assertThat(finding.path("rule").asText()).isEqualTo("type-promoted");
    assertThat(finding.path("severity").asText()).isEqualTo("breaking");
    assertThat(finding.at("/witness/before").asText()).isEqualTo("{\"id\":\"\",\"cents\":0.0}");
    assertThat(check("--format", "github").out())
        .contains("::error title=breaking type-promoted::shop.ledger.Paid");
    var suite = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(check("--format", "junit").out()))).getDocumentElement();
    assertThat(suite.getAttribute("failures")).isEqualTo("3");
    assertThat(suite.getElementsByTagName("failure").getLength()).isEqualTo(3);
  }

  @Test
  void wrong_input_is_answered_with_what_would_be_right() throws IOException {
    assertThat(Run.of("schema", "check", schemas.toString(), "--against", "git:nowhere")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("there is no commit nowhere").doesNotContain("Exception");
    });
    assertThat(Run.of("schema", "check", schemas.toString(), "--against", "git:--output=x").err())
        .contains("there is no commit --output=x");
    assertThat(Run.of("schema", "check", schemas.toString(), "--against", "nowhere")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .contains("'nowhere' is neither git:REF nor registry:URL, and there is no such folder");
    });
    assertThat(check("--level", "SIDEWAYS")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("BACKWARD_TRANSITIVE");
    });
    Files.writeString(paid.resolve("v2.avsc"), "{");
    assertThat(check()).satisfies(run -> {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("v2.avsc: is no Avro schema");
    });
  }

  @Test
  void the_next_version_is_begun_with_the_newest_and_told_what_it_means() throws IOException {
    var run = Run.of("schema", "new-version", "shop.ledger.Paid", "--dir", schemas.toString());

    assertThat(run.code()).isZero();
    assertThat(run.out().strip()).isEqualTo(paid.resolve("v2.avsc").toString());
    assertThat(paid.resolve("v2.avsc")).hasSameTextualContentAs(paid.resolve("v1.avsc"));
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(NOTE));
    assertThat(Run.of("schema", "version", schemas.toString()).out()).contains("1.0.0", "the first", "1.1.0",
        "safe: field-added shop.ledger.Paid.note");
    assertThat(Run.of("schema", "diff", "git:main", schemas.toString()).out())
        .contains("safe field-added shop.ledger.Paid.note");
    assertThat(Run
        .of("schema", "diff", paid.resolve("v2.avsc").toString(), paid.resolve("v1.avsc").toString()).out())
        .contains("safe field-removed shop.ledger.Paid.note");
    assertThat(Run.of("schema", "list", "--from", schemas.toString()).out()).contains("shop.ledger.Paid",
        "ledger", "2");
    assertThat(
        Run.of("schema", "show", "shop.ledger.Paid", "--from", schemas.toString(), "--version", "1").out())
        .contains("\"cents\"").doesNotContain("\"note\"");
    assertThat(Run.of("schema", "show", "shop.ledger.Lost", "--from", schemas.toString()).err())
        .contains("there is no event shop.ledger.Lost: there are shop.ledger.Paid");
  }

  @Test
  void versions_are_registered_once_and_a_registry_is_checked_against() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(NOTE));
    try (var registry = DevRegistry.start(SharedServers.createDatabase())) {
      var url = registry.uri().toString();

      assertThat(register(url, "--dry-run").out()).contains("new").doesNotContain("registered");
      Files.writeString(paid.resolve("v3.avsc"), PAID.formatted(EUROS));
      assertThat(register(url)).as("one that would be refused keeps the others back").satisfies(run -> {
        assertThat(run.code()).isEqualTo(100);
        assertThat(run.out()).contains("refused", "new");
      });
      assertThat(Run.of("schema", "list", "--from", "registry:" + url, "-o", "json").out()).isEmpty();
      Files.delete(paid.resolve("v3.avsc"));
      assertThat(register(url).out()).contains("shop.ledger.Paid", "v1", "v2", "new");
      assertThat(register(url).out()).contains("registered").doesNotContain("new");
      assertThat(Run.of("schema", "list", "--from", "registry:" + url, "-o", "json").out())
          .contains("\"event\":\"shop.ledger.Paid\"", "\"versions\":2");

      Files.writeString(paid.resolve("v3.avsc"), PAID.formatted(EUROS));
      assertThat(Run.of("schema", "check", schemas.toString(), "--against", "registry:" + url))
          .satisfies(run -> {
            assertThat(run.code()).isEqualTo(100);
            assertThat(run.out()).contains("damaging type-promoted");
          });
      assertThat(register(url)).satisfies(run -> {
        assertThat(run.code()).isEqualTo(100);
        assertThat(run.out()).contains("refused", "type-promoted");
      });
    }
  }

  private Run register(String url, String... options) {
    var arguments = new ArrayList<>(List.of("schema", "register", schemas.toString(), "--to", url));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  @Test
  void the_readmes_commands_work() throws IOException {
    Files.writeString(paid.resolve("v2.avsc"), PAID.formatted(NOTE));
    var commands = Pattern.compile("^\\./millrace (schema [^#\n]*)", Pattern.MULTILINE)
        .matcher(Files.readString(Path.of("../README.md"))).results().map(found -> found.group(1).strip())
        .toList();

    assertThat(commands).hasSizeGreaterThan(4);
    for (var command : commands) {
      var arguments = command.replace("event-schemas", schemas.toString()).split(" +", -1);
      assertThat(Run.of(arguments)).as(command)
          .satisfies(run -> assertThat(run.code()).as(run.err()).isZero());
    }
  }
}
