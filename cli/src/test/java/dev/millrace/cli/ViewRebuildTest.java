package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.publish.Publisher;
import dev.millrace.runtime.MillraceRuntime;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The way from the first look at what a rebuild takes to the old generation's end, against a real instance. */
@TestMethodOrder(OrderAnnotation.class)
class ViewRebuildTest {
  @SuppressWarnings("NullAway.Init") // before all tests
  private static Servers servers;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static MillraceRuntime runtime;

  @BeforeAll
  static void start() {
    servers = new Servers();
    runtime = MillraceRuntime.builder().projection(Sale.VIEW).settings(servers.settings()).start();
    try (
        var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/tests").build()) {
      for (var country : List.of("France", "France", "Norway"))
        publisher.publish(new Sale("1", country, new BigDecimal("2.50"))).join();
    }
    Awaitility.await("the view has all")
        .until(() -> runtime.views().getFirst().events() == 3);
  }

  @AfterAll
  static void stop() {
    runtime.close();
    servers.close();
  }

  private static Run run(String... arguments) {
    var all = new ArrayList<>(List.of("view"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--url", runtime.uri().toString()));
    return Run.of(all.toArray(String[]::new));
  }

  @Test
  @Order(1)
  void a_dry_run_says_what_it_would_take_and_does_nothing() {
    assertThat(run("rebuild", "country-sales", "--dry-run").out()).contains("records", "tableBytes",
        "spills");
    assertThat(run("generations", "country-sales").out().lines()).hasSize(2);
  }

  @Test
  @Order(1)
  void what_is_not_there_or_not_asked_is_told_and_changes_nothing() {
    assertThat(run("pause", "country-sales")).satisfies(none -> {
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err()).contains("no rebuild of country-sales", "unknown-rebuild");
    });
    assertThat(run("rollback", "country-sales").err()).contains("was live before");
    assertThat(run("drop", "country-sales", "1")).satisfies(unasked -> {
      assertThat(unasked.code()).isEqualTo(2);
      assertThat(unasked.err()).contains("--yes");
    });
    assertThat(run("drop", "country-sales", "1", "--yes").err()).contains("the live one");
    assertThat(run("throttle", "country-sales", "fast").code()).isEqualTo(2);
    assertThat(run("rebuild", "nothing").err()).contains("there is no view 'nothing'");
  }

  @Test
  @Order(2)
  void a_view_is_rebuilt_verified_promoted_rolled_back_and_its_old_generation_dropped() {
    assertThat(run("rebuild", "country-sales")).satisfies(rebuilt -> {
      assertThat(rebuilt.code()).as(rebuilt.err()).isZero();
      assertThat(rebuilt.err()).contains("generation 2");
      assertThat(rebuilt.out()).contains("FOLLOWING");
    });
    assertThat(run("verify", "country-sales")).satisfies(same -> {
      assertThat(same.code()).isZero();
      assertThat(same.out()).contains("2 rows and 2, 0 different");
    });
    assertThat(run("promote", "country-sales").code()).isZero();
    assertThat(run("rollback", "country-sales", "-o", "json").out()).contains("\"live\":1");
    assertThat(run("promote", "country-sales", "--generation", "2").code()).isZero();
    assertThat(run("drop", "country-sales", "1", "--yes").code()).isZero();
    assertThat(run("generations", "country-sales", "-o", "json").out().lines()).singleElement().asString()
        .contains("\"generation\":2", "\"live\":true");
  }

  @Test
  @Order(3)
  void a_row_that_somebody_changed_is_found_with_its_field() throws SQLException {
    try (var connection = servers.views().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("UPDATE views.country_sales_g2 SET total = 7 WHERE country = 'Norway'");
    }

    var audit = run("audit", "country-sales");

    assertThat(audit.code()).isEqualTo(1);
    assertThat(audit.out()).contains("Norway", "total: 7 | 2.5", "1 different, 1 of them unexpected");
    assertThat(run("audit", "country-sales", "--sample", "7").code()).isEqualTo(1);
  }

  @Test
  @Order(3)
  void a_view_is_shown_as_it_was() {
    assertThat(run("as-of", "country-sales", "2001-01-01T00:00:00Z", "-o", "json").out()).isEmpty();
    assertThat(run("as-of", "country-sales", "end", "--where", "country=France").out()).contains("5.00");
    assertThat(run("as-of", "country-sales", "start", "--diff").out()).contains("2 different", "no row");
    assertThat(run("as-of", "country-sales", "lately").code()).isEqualTo(1);
  }

  @Test
  @Order(4)
  void the_schemas_of_its_events_are_counted_and_a_rebuild_of_it_is_rehearsed() throws Exception {
    var url = runtime.uri().toString();

    assertThat(Run.of("schema", "usage", "test.sales", "--url", url).out()).contains("test.cli.Sale",
        "RECORDS", "3");
    assertThat(Run.of("schema", "usage", "test.nothing", "--url", url)).satisfies(run -> {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("test.nothing");
    });
    assertThat(Run.of("schema", "rehearse", "country-sales", "--url", url)).satisfies(run -> {
      assertThat(run.code()).isEqualTo(100);
      assertThat(run.out()).contains("Norway", "total: 7 | 2.5", "a rebuild takes about");
    });
    try (var connection = servers.views().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("UPDATE views.country_sales_g2 SET total = 2.50 WHERE country = 'Norway'");
    }
    var rehearsed = Run.of("schema", "rehearse", "country-sales", "--url", url, "-o", "json");
    assertThat(rehearsed.code()).as(rehearsed.out()).isZero();
    assertThat(Json.read(rehearsed.out()).path("failures")).isEmpty();
    assertThat(Run.of("schema", "rehearse", "country-sales", "--since", "2001-01-01T00:00:00Z", "--url", url))
        .satisfies(run -> {
          assertThat(run.code()).isZero();
          assertThat(run.out()).startsWith("3 events took");
        });
    assertThat(Run.of("schema", "rehearse", "country-sales", "--last", "2", "--url", url).out())
        .startsWith("2 events took");
    assertThat(Run.of("schema", "rehearse", "country-sales", "--last", "0", "--url", url).err())
        .contains("last 0 is not from 1 to 100000");
    assertThat(Run.of("schema", "rehearse", "country-sales", "--since", "lately", "--url", url).err())
        .contains("since 'lately' is no time");
    assertThat(Run.of("schema", "rehearse", "no-such-view", "--url", url).code()).isEqualTo(1);
  }
}
