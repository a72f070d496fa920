package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.log.LogEntry;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import dev.millrace.publish.Publisher;
import dev.millrace.runtime.MillraceRuntime;
import dev.millrace.schema.Envelope;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that ask an instance, against a real one: 12 sales to 3 countries, and one record that is garbage. */
class InstanceTest {
  private static final StreamName GARBAGE = StreamName.of("test.garbage");

  @SuppressWarnings("NullAway.Init") // before all tests
  private static Servers servers;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static MillraceRuntime runtime;

  @BeforeAll
  static void start() {
    servers = new Servers();
    runtime = MillraceRuntime.builder().projection(Sale.VIEW).settings(servers.settings()).start();
    runtime.log().create(GARBAGE, 1);
    try (
        var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/tests").build()) {
      for (int i = 0; i < 12; i++) {
        publisher.publish(new Sale("s" + i, List.of("France", "Germany", "United Kingdom").get(i % 3),
            new BigDecimal("1000000000000.01"))).join();
      }
    }
    try (var writer = runtime.log().writer()) {
      var envelope = Envelope.of("garbage", "/tests", "test.cli.Garbage", java.time.Instant.EPOCH, "g");
      writer.append(new LogEntry(GARBAGE, "g", envelope, new byte[]{9, 9, 9})).join();
    }
    Awaitility.await("all sales in the view")
        .until(() -> run("view", "status", "-o", "json").out().contains("\"events\":12"));
  }

  @AfterAll
  static void stop() {
    runtime.close();
    servers.close();
  }

  @Test
  void whom_a_service_would_hurt_is_told_by_the_readers_that_run(@TempDir Path folder) throws Exception {
    var url = runtime.uri().toString();
    var schema = Files.createDirectories(folder.resolve("cli/Sale")).resolve("v1.avsc");
    Files.writeString(schema, Sale.TYPE.newest().toString());
    var fine = Run.of("schema", "can-deploy", "--service", "tests", "--dir", folder.toString(), "--url", url);
    assertThat(fine.code()).as(fine.err()).isZero();
    assertThat(fine.out()).contains("view:country-sales", url, "test.cli.Sale", "v1", "fine");

    Files.writeString(schema, Sale.TYPE.newest().toString().replace("\"scale\":2", "\"scale\":3"));
    var broken = Run.of("schema", "can-deploy", "--dir", folder.toString(), "--url", url + "," + url, "-o",
        "json");
    assertThat(broken.code()).isEqualTo(100);
    assertThat(json(broken)).hasSize(2).allSatisfy(row -> {
      assertThat(row.path("standing").asText()).isEqualTo("breaks");
      assertThat(row.path("findings").get(0).path("path").asText()).isEqualTo("test.cli.Sale.total");
      assertThat(row.path("events").asLong()).isEqualTo(12);
    });
  }

  @Test
  void a_service_or_an_instance_that_is_not_there_is_no_answer_of_the_readers(@TempDir Path folder)
      throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("cli/Sale")).resolve("v1.avsc"),
        Sale.TYPE.newest().toString());
    var nobody = Run.of("schema", "can-deploy", "--service", "orders", "--dir", folder.toString());
    assertThat(nobody.code()).isEqualTo(1);
    assertThat(nobody.err()).contains("no event of the folders has the owner orders: there are tests");
    var unreachable = Run.of("schema", "can-deploy", "--dir", folder.toString(), "--url",
        runtime.uri() + ",http://127.0.0.1:1");
    assertThat(unreachable.code()).isEqualTo(1);
    assertThat(unreachable.err()).contains("127.0.0.1:1");
  }

  @Test
  void get_prints_a_row_with_every_digit() {
    assertThat(run("view", "get", "country-sales", "France").out()).isEqualTo("""
        country  France
        sales    4
        total    4000000000000.04
        """);
    assertThat(json(run("view", "get", "country-sales", "United Kingdom", "-o", "json"))).singleElement()
        .hasToString("{\"country\":\"United Kingdom\",\"sales\":4,\"total\":\"4000000000000.04\"}");
  }

  @Test
  void a_key_or_a_view_that_is_not_there_is_a_failure_of_one_line() {
    var key = run("view", "get", "country-sales", "Atlantis");
    var view = run("view", "get", "no-such-view", "x");

    assertThat(key.code()).isEqualTo(1);
    assertThat(key.out()).isEmpty();
    assertThat(key.err().lines()).singleElement().asString().contains("Atlantis");
    assertThat(view.code()).isEqualTo(1);
    assertThat(view.err().lines()).singleElement().asString().contains("no-such-view", "country-sales");
  }

  @Test
  void get_and_list_wait_for_a_write_and_tell_how_far_the_view_is() {
    var stream = StreamName.of("test.sales");
    var end = runtime.log().end(Set.of(stream)).positions().entrySet().iterator().next();
    var there = new WriteToken.Place(end.getKey(), end.getValue(), "any", Instant.EPOCH).text();
    var later = new WriteToken.Place(end.getKey(), Position.of("999999"), "any", Instant.EPOCH).text();

    assertThat(run("view", "get", "country-sales", "France", "--at-least", there).code()).isZero();
    assertThat(run("view", "list", "country-sales", "--at-least", there, "--wait", "5s").code()).isZero();
    var get = run("view", "get", "country-sales", "France", "--at-least", there, "--at-least", later,
        "--wait",
        "10ms");
    assertThat(get.code()).isEqualTo(1);
    assertThat(get.err().lines()).singleElement().asString().contains("within 10 ms", "999999 is asked for",
        "(not-fresh-yet)");
    assertThat(run("view", "list", "country-sales", "--at-least", later, "--wait", "0s").err())
        .contains("(not-fresh-yet)");
    assertThat(run("view", "get", "country-sales", "France", "--at-least", "nonsense").err())
        .contains("(bad-token)");
    assertThat(run("view", "get", "country-sales", "France", "--wait", "soon").err()).contains("(bad-wait)");
  }

  @Test
  void list_filters_sorts_and_limits() {
    var run = run("view", "list", "country-sales", "--where", "country>=G", "--sort=-country", "--limit",
        "1");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("""
        COUNTRY         SALES             TOTAL
        United Kingdom      4  4000000000000.04
        """);
    assertThat(json(run("view", "list", "country-sales", "-o", "json")))
        .extracting(row -> row.get("country").asText())
        .containsExactly("France", "Germany", "United Kingdom");
  }

  @Test
  void a_column_that_is_not_there_is_told_with_those_that_are() {
    var run = run("view", "list", "country-sales", "--where", "nation=France");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("nation", "country");
  }

  @Test
  void status_lists_the_views() {
    assertThat(run("view", "status").out().lines()).hasSize(2).last().asString()
        .containsPattern("country-sales +RUNNING +3 +12 +0");
  }

  @Test
  void tail_prints_events_decoded_with_their_envelopes() {
    var run = run("tail", "test.sales", "-o", "json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(json(run)).hasSize(12).allSatisfy(entry -> {
      assertThat(entry.path("event").path("total").asText()).isEqualTo("1000000000000.01");
      assertThat(entry.path("envelope").path("source").asText()).isEqualTo("/tests");
    });
    assertThat(run("tail", "test.sales", "--limit", "2").out().lines()).hasSize(2).first().asString()
        .contains("test.cli.Sale", "\"total\":\"1000000000000.01\"", "\"source\":\"/tests\"");
  }

  @Test
  void tail_from_the_end_has_nothing_and_from_the_first_moment_everything() {
    assertThat(run("tail", "test.sales", "--from", "end").out()).isEmpty();
    assertThat(run("tail", "test.sales", "--from", "2020-01-01T00:00:00Z", "-o", "json").out().lines())
        .hasSize(12);
  }

  @Test
  void tail_shows_what_cannot_be_decoded_with_its_error_and_goes_on() {
    var run = run("tail", "test.garbage");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("0@0", "error {", "NOT_FRAMED");
  }

  @Test
  void a_place_that_cannot_be_understood_is_told_with_those_that_can() {
    var run = run("tail", "test.sales", "--from", "yesterday");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("yesterday", "start, end");
  }

  @Test
  void a_limit_below_one_is_a_mistake_of_the_command_line() {
    assertThat(run("tail", "test.sales", "--limit", "0").code()).isEqualTo(2);
  }

  @Test
  void where_nobody_answers_the_address_is_named_and_what_to_do() {
    var run = Run.of("view", "status", "--url", "http://127.0.0.1:9");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("http://127.0.0.1:9", "--url",
        "MILLRACE_URL");
  }

  @Test
  void what_is_no_instance_is_told_by_what_it_answers() throws Exception {
    var server = com.sun.net.httpserver.HttpServer
        .create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      byte[] page = "<html>hello</html>".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    server.start();

    var run = Run.of("view", "status", "--url", "http://127.0.0.1:" + server.getAddress().getPort());

    server.stop(0);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("is it an instance of Millrace?");
  }

  @Test
  void the_stack_trace_is_shown_to_those_who_ask() {
    assertThat(Run.of("view", "status", "--url", "http://127.0.0.1:9", "--stacktrace").err())
        .contains("at dev.millrace.cli.Instance");
  }

  private static Run run(String... args) {
    var all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", runtime.uri().toString()));
    return Run.of(all.toArray(String[]::new));
  }

  private static List<JsonNode> json(Run run) {
    return run.out().lines().map(line -> {
      try {
        return Json.read(line);
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new AssertionError(line, e);
      }
    }).toList();
  }
}
