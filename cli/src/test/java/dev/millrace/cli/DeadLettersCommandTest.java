package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.cli.Sale.CountrySales;
import dev.millrace.publish.Publisher;
import dev.millrace.runtime.MillraceRuntime;
import dev.millrace.view.Projection;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The way from the first look at what is parked to the last event redriven or discarded, against a real instance. */
@TestMethodOrder(OrderAnnotation.class)
class DeadLettersCommandTest {
  private static volatile boolean broken = true;
  private static final Projection<CountrySales> VIEW = Projection.named("country-sales")
      .of(CountrySales.class, (String country) -> new CountrySales(country, 0, BigDecimal.ZERO))
      .on(Sale.TYPE, Sale::country, DeadLettersCommandTest::fold)
      .effect(Sale.TYPE, (sale, record, connection) -> effect(sale)).build();

  @SuppressWarnings("NullAway.Init") // before all tests
  private static Servers servers;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static MillraceRuntime runtime;

  private static volatile boolean unable = false;

  private static void effect(Sale sale) {
    if (unable)
      throw new IllegalStateException("no effect of " + sale.total());
  }

  private static CountrySales fold(CountrySales row, Sale sale) {
    if (sale.total().signum() == 0 || (broken && sale.total().signum() < 0))
      throw new IllegalStateException("a total of " + sale.total());
    return row.plus(sale);
  }

  /** A bug stops two keys; nothing mends the third. Behind each an event waits. */
  @BeforeAll
  static void start() {
    servers = new Servers();
    runtime = MillraceRuntime.builder().projection(VIEW).settings(servers.settings()).start();
    try (
        var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/tests").build()) {
      for (var sale : List.of(sale("1", -1), sale("1", 5), sale("2", -2), sale("2", 5), sale("3", 0),
          sale("3", 5),
          sale("4", 5)))
        publisher.publish(sale).join();
    }
    Awaitility.await("all are parked")
        .until(() -> runtime.views().getFirst().parked() == 6);
  }

  private static Sale sale(String number, int total) {
    return new Sale(number, "France", new BigDecimal(total).setScale(2));
  }

  @AfterAll
  static void stop() {
    runtime.close();
    servers.close();
  }

  @Test
  @Order(1)
  void list_groups_by_cause_and_lists_the_events_of_a_key() {
    var causes = json(run("list", "-o", "json"));
    var records = json(run("list", "country-sales", "--records", "--key", "1", "-o", "json"));

    assertThat(run("list").out().lines()).hasSize(2).first().asString().startsWith("VIEW ")
        .contains("FINGERPRINT", "WAITING", "FIRST", "LAST");
    assertThat(causes).singleElement().satisfies(cause -> {
      assertThat(cause.path("view").asText()).isEqualTo("country-sales");
      assertThat(cause.path("records").asInt()).isEqualTo(3);
      assertThat(cause.path("waiting").asInt()).isEqualTo(3);
    });
    assertThat(records).extracting(record -> record.path("reason").asText()).containsExactly("FOLD_FAILED",
        "FOLLOWS");
    assertThat(run("list", "country-sales", "--records", "--limit", "4").out().lines()).hasSize(5);
  }

  @Test
  @Order(1)
  void show_has_the_event_its_envelope_and_where_it_failed() {
    assertThat(run("show", "country-sales", "--key", "3").out()).contains("FOLD_FAILED", "a total of 0.00",
        "\"source\":\"/tests\"", "\"total\":\"0.00\"", "at dev.millrace.cli.DeadLettersCommandTest.fold(");
    assertThat(run("show", "country-sales", "--key", "9")).satisfies(none -> {
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err().lines()).singleElement().asString().contains("no parked record of the key '9'",
          "unknown-dead-letter");
    });
  }

  @Test
  @Order(1)
  void what_the_command_line_lacks_is_told_and_changes_nothing() {
    assertThat(run("redrive", "country-sales")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--key KEY, --fingerprint F or both, or else --all");
    });
    assertThat(run("redrive", "country-sales", "--all", "--key", "1").code()).isEqualTo(2);
    assertThat(run("redrive", "country-sales", "--all", "--rate", "0").code()).isEqualTo(2);
    assertThat(run("discard", "country-sales", "--key", "1", "--yes")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--reason");
    });
    assertThat(run("discard", "country-sales", "--key", "1", "--reason", "x")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--yes");
    });
    assertThat(run("list", "--records").code()).isEqualTo(2);
    assertThat(run("redrive", "no-such-view", "--all")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("no-such-view", "country-sales");
    });
    assertThat(runtime.views().getFirst().parked()).isEqualTo(6);
  }

  @Test
  @Order(2)
  void redrive_tells_beforehand_what_it_does_and_fails_where_something_stays() {
    broken = false;
    var fingerprint = json(run("list", "-o", "json")).getFirst().path("fingerprint").asText();

    var told = run("redrive", "country-sales", "--fingerprint", fingerprint, "--dry-run", "-o", "json");
    assertThat(runtime.views().getFirst().parked()).isEqualTo(6);
    var done = run("redrive", "country-sales", "--fingerprint", fingerprint, "--rate", "100", "-o", "json");
    var again = run("redrive", "country-sales", "--all");

    assertThat(told.err()).contains("1 key would stay parked");
    assertThat(done.err()).contains("1 key is parked still");
    assertThat(List.of(told.code(), done.code(), again.code())).containsOnly(1);
    assertThat(done.out()).isEqualTo(told.out());
    assertThat(json(done))
        .extracting(queue -> queue.path("key").asText() + " " + queue.path("redriven").asInt()
            + " " + queue.path("parked").asInt())
        .containsExactly("1 2 0", "2 2 0", "3 0 2");
    assertThat(again.out().lines()).hasSize(2).last().asString().contains("3", "FOLD_FAILED",
        "a total of 0.00");
    assertThat(runtime.views().getFirst().parked()).isEqualTo(2);
  }

  @Test
  @Order(3)
  void discard_keeps_who_and_why_and_lets_the_rest_follow() {
    var done = run("discard", "country-sales", "--key", "3", "--reason", "given away", "--yes");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out().lines()).hasSize(2).last().asString().containsPattern("3 +1 +1 +0");
    assertThat(json(run("list", "country-sales", "--discarded", "-o", "json"))).singleElement()
        .satisfies(one -> {
          assertThat(one.path("discardedBecause").asText()).isEqualTo("given away");
          assertThat(one.path("discardedBy").asText()).isEqualTo(System.getProperty("user.name"));
        });
    assertThat(run("list").out().lines()).hasSize(1);
    assertThat(runtime.views().getFirst()).satisfies(view -> {
      assertThat(view.parked()).isZero();
      assertThat(view.events()).isEqualTo(6);
    });
  }

  @Test
  @Order(4)
  void events_that_have_not_had_their_effects_are_listed_and_redriven_on_their_own() {
    unable = true;
    try (
        var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/tests").build()) {
      // Effects begin when they are first kept, which may be after this test has begun.
      Awaitility.await("an effect has failed").until(() -> {
        publisher.publish(sale("9", 13)).join();
        return !json(run("list", "country-sales", "--effects", "-o", "json")).isEmpty();
      });
    }
    Awaitility.await("the view says so").until(
        () -> runtime.views().getFirst().message()
            .endsWith("millrace dead-letters list country-sales --effects"));
    assertThat(run("list", "country-sales").out().lines()).hasSize(1);
    assertThat(run("list", "country-sales", "--effects", "--generation", "1")).returns(2, Run::code);

    unable = false;
    var done = run("redrive", "country-sales", "--effects", "--key", "9");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(run("list", "country-sales", "--effects").out().lines()).hasSize(1);
    assertThat(runtime.views().getFirst().message()).isEmpty();
  }

  private static Run run(String... args) {
    var all = new ArrayList<>(List.of("dead-letters"));
    all.addAll(List.of(args));
    all.addAll(List.of("--url", runtime.uri().toString()));
    return Run.of(all.toArray(String[]::new));
  }

  private static List<JsonNode> json(Run run) {
    return run.out().lines().map(line -> {
      try {
        return Json.read(line);
      } catch (JsonProcessingException e) {
        throw new AssertionError(line, e);
      }
    }).toList();
  }
}
