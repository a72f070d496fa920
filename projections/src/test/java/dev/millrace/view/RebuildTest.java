package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.StreamName;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@OnTestedLog
@Order(1)
class RebuildTest {
  private final Stage stage = new Stage(3);
  private final Projection<CountryTotal> totals = stage.shop.countryTotals();

  @AfterEach
  void close() {
    stage.close();
  }

  private Rebuild rebuild(Projection<?> projection) {
    return Rebuild.of(projection).log(stage.log).codec(stage.codec).database(stage.database).start();
  }

  @Test
  void a_view_is_rebuilt_compared_promoted_fed_and_rolled_back() {
    var history = new History(new Random(3), 500, 20, 4);
    history.events.forEach(placed -> stage.append(stage.shop.placed(), placed));
    var live = stage.run(stage.runner(totals));
    stage.caughtUp(live);
    stage.strings(
        "UPDATE views.country_totals_g1 SET orders = 99 WHERE country = 'country-0' RETURNING country");

    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.generation()).isEqualTo(2);
      var found = rebuild.compare();
      assertThat(found).returns(true, Comparison::samePosition).returns(4L, Comparison::liveRows)
          .returns(4L, Comparison::newRows).returns(1L, Comparison::different)
          .returns(false, Comparison::same);
      assertThat(found.examples()).singleElement().satisfies(difference -> {
        assertThat(difference.key()).containsExactly(entry("country", "country-0"));
        assertThat(difference.fields()).containsExactly("orders");
        assertThat(difference.live()).containsEntry("orders", 99);
        assertThat(difference.rebuilt()).doesNotContainEntry("orders", 99).containsKey("total");
      });
      assertThat(stage.rows(totals)).extracting(CountryTotal::orders).contains(99L);

      assertThatThrownBy(rebuild::promote).hasMessageContaining("differs in 1 rows")
          .hasMessageContaining("{country=country-0} in orders");
      assertThat(stage.rows(totals)).extracting(CountryTotal::orders).contains(99L);

      generations(totals).promoteUnverified(2);
      assertThat(stage.rows(totals)).containsExactlyElementsOf(history.countryTotals());
      stage.place(Stage.placed("1", "country-9", "1", 1));
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      stage.caughtUp(live);
      assertThat(stage.rows(totals)).extracting(CountryTotal::country).contains("country-9");

      rebuild.rollback();
      assertThat(stage.rows(totals)).extracting(CountryTotal::orders).contains(99L);
      assertThat(stage.rows(totals)).extracting(CountryTotal::country).contains("country-9");
    }
  }

  @Test
  void generations_that_are_at_the_end_of_the_log_are_compared_wherever_in_the_gap_after_it_they_are() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "1", 1));
    var live = stage.run(stage.runner(totals));
    stage.caughtUp(live);
    live.close();
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      // What a reader of a Kinesis says of a shard that was idle for long: up to when nothing followed.
      stage.strings(
          "UPDATE millrace.checkpoint SET \"position\" = regexp_replace(\"position\", '[.][0-9]{14}$',"
              + " '.01763740000000') WHERE generation = 1 RETURNING 1");
      assertThat(rebuild.compare().same()).isTrue();

      stage.place(Stage.placed("1", "Norway", "1", 2));
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(generations(totals).compare(2)).returns(false, Comparison::samePosition).returns(1L,
          Comparison::different);
    }
  }

  @Test
  void a_rebuild_takes_no_more_than_two_connections_however_much_there_is_to_do() {
    stage.place(LongStream.range(0, 5_000)
        .mapToObj(number -> Stage.placed("order-" + number % 50, "Norway", "1", number))
        .toArray(Placed[]::new));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var database = new FaultyDatabase(stage.database);

    try (var rebuild = Rebuild.of(totals).log(stage.log).codec(stage.codec).database(database.dataSource())
        .memory(1).start()) {
      eventually().untilAsserted(
          () -> assertThat(rebuild.progress().phase()).isEqualTo(RebuildProgress.Phase.FOLLOWING));
      stage.place(Stage.placed("order-1", "Norway", "1", 5_000));
      eventually()
          .untilAsserted(() -> assertThat(stage.strings("SELECT sum(orders) FROM views.country_totals_g2"))
              .containsExactly("5001"));

      assertThat(database.mostConnections()).isBetween(1, 2);
    }
  }

  private long orders() {
    return stage.rows(totals).stream().mapToLong(CountryTotal::orders).sum();
  }

  private static Placed[] manyFrom(long number) {
    return LongStream.range(number, number + 20)
        .mapToObj(one -> Stage.placed("1", "country-" + one % 7, "1", one)).toArray(Placed[]::new);
  }

  @Test
  void generations_to_which_events_keep_coming_are_compared_at_one_place() throws Exception {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var enough = new AtomicBoolean();
    try (var rebuild = rebuild(totals); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      var writing = threads.submit(() -> {
        for (long number = 2; !enough.get() && !Thread.currentThread().isInterrupted(); number += 20)
          stage.place(manyFrom(number));
        return enough;
      });
      try {
        for (int i = 0; i < 10; i++) {
          long before = orders();
          assertThat(rebuild.compare()).as("comparison %s", i).returns(true, Comparison::same);
          // Both go on afterwards.
          eventually().untilAsserted(() -> assertThat(orders()).isGreaterThan(before + 40));
        }
        rebuild.promote();
        rebuild.rollback();
      } finally {
        enough.set(true);
      }
      writing.get();
    }
  }

  @Test
  void a_generation_goes_on_where_whoever_called_it_to_a_meeting_has_died() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    var live = stage.run(stage.runner(totals));
    stage.caughtUp(live);
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
    }

    Meeting.call(stage.database, totals.name(), List.of(1, 2), Duration.ofHours(1));
    stage.place(Stage.placed("1", "Norway", "1", 2));
    assertThat(stage.rows(totals)).extracting(CountryTotal::orders).containsExactly(1L);
    stage.strings("UPDATE millrace.checkpoint SET meet_until = clock_timestamp() RETURNING 1");

    stage.caughtUp(live);
    assertThat(stage.rows(totals)).extracting(CountryTotal::orders).containsExactly(2L);
  }

  @Test
  void what_a_version_declares_to_change_is_expected_and_all_else_is_not() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Sweden", "3", 2));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var twice = changed("total");

    try (var rebuild = rebuild(twice)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.compare()).returns(2L, Comparison::different).returns(0L, Comparison::unexpected)
          .returns(true, Comparison::asExpected).returns(false, Comparison::same);
      stage.strings("DELETE FROM views.country_totals_g2 WHERE country = 'Norway' RETURNING country");
      assertThat(rebuild.compare()).returns(1L, Comparison::unexpected)
          .extracting(found -> found.examples().getFirst())
          .returns(false, Comparison.Difference::expected).returns(null, Comparison.Difference::rebuilt);
      assertThatThrownBy(rebuild::promote).hasMessageContaining("country=Norway");
    }
    try (var rebuild = rebuild(changed("orders"))) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.generation()).isEqualTo(2);
      assertThat(rebuild.compare()).returns(2L, Comparison::unexpected);
    }
    assertThatThrownBy(() -> changed("sum")).hasMessageContaining("'sum'")
        .hasMessageContaining("country, orders, total");
  }

  private Projection<CountryTotal> changed(String field) {
    return Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO)).version(2)
        .changes(field)
        .on(stage.shop.placed(), Placed::country,
            (row, placed) -> new CountryTotal(row.country(), row.orders() + 1,
                row.total().add(placed.total()).add(placed.total())))
        .build();
  }

  private Generations generations(Projection<?> projection) {
    return new Generations(projection, stage.log, stage.database);
  }

  @Test
  void rows_that_only_one_generation_has_and_the_least_difference_are_found_among_many() {
    var random = new Random(5);
    for (int i = 0; i < 3_000; i++)
      stage.append(stage.shop.placed(),
          Stage.placed("o" + i, "country-" + random.nextInt(2_500), "1.000", i));
    stage.caughtUp(stage.run(stage.runner(totals)));

    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.compare().same()).isTrue();
      var some = stage.strings("SELECT country FROM views.country_totals_g1 ORDER BY md5(country) LIMIT 3");
      stage.strings(
          "DELETE FROM views.country_totals_g2 WHERE country = '" + some.get(0) + "' RETURNING country");
      stage.strings(
          "DELETE FROM views.country_totals_g1 WHERE country = '" + some.get(1) + "' RETURNING country");
      stage.strings("UPDATE views.country_totals_g2 SET total = total + 0.001 WHERE country = '" + some.get(2)
          + "' RETURNING country");

      var found = rebuild.compare();

      assertThat(found.different()).isEqualTo(3);
      assertThat(found.liveRows()).isEqualTo(found.newRows());
      assertThat(found.examples()).extracting(one -> one.key().get("country"), one -> one.live() == null,
          one -> one.rebuilt() == null, one -> one.fields().toString())
          .containsExactlyInAnyOrder(tuple(some.get(0), false, true, "[country, orders, total]"),
              tuple(some.get(1), true, false, "[country, orders, total]"),
              tuple(some.get(2), false, false, "[total]"));
    }
  }

  @Test
  void a_rebuild_waits_for_a_stream_that_is_not_there_yet() {
    var later = StreamName.of(SharedServers.uniqueName("later"));
    try (var rebuild = rebuild(Shop.on(later.value()).countryTotals())) {
      eventually()
          .untilAsserted(() -> assertThat(rebuild.status().state()).isEqualTo(ViewStatus.State.RETRYING));
      assertThat(rebuild.status()).returns(ViewStatus.State.RETRYING, ViewStatus::state)
          .extracting(ViewStatus::message)
          .asString().contains(later.value());

      stage.log.create(later, 1);

      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.progress().phase()).isEqualTo(RebuildProgress.Phase.FOLLOWING);
    }
  }
}
