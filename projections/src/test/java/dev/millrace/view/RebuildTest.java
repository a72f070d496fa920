package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.log.StreamName;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RebuildTest {
  private static final Duration LONG = Duration.ofSeconds(60);

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
      rebuild.awaitCaughtUp(LONG);
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

      rebuild.promote();
      assertThat(stage.rows(totals)).containsExactlyElementsOf(history.countryTotals());
      stage.place(Stage.placed("1", "country-9", "1", 1));
      rebuild.awaitCaughtUp(LONG);
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
      rebuild.awaitCaughtUp(LONG);

      // What a reader of a Kinesis says of a shard that was idle for long: up to when nothing followed.
      stage.strings(
          "UPDATE millrace.checkpoint SET \"position\" = regexp_replace(\"position\", '[.][0-9]{14}$',"
              + " '.01763740000000') WHERE generation = 1 RETURNING 1");
      assertThat(rebuild.compare().same()).isTrue();

      stage.place(Stage.placed("1", "Norway", "1", 2));
      rebuild.awaitCaughtUp(LONG);
      assertThat(rebuild.compare()).returns(false, Comparison::samePosition).returns(1L,
          Comparison::different);
    }
  }

  record Average(@Key String country, long orders, BigDecimal total, Placed last) {}

  @Test
  void a_changed_row_is_served_from_its_promotion_on() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "3", 2));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var none = Stage.placed("", "", "0", 0);
    var changed = Projection.named("country-totals")
        .of(Average.class, (String country) -> new Average(country, 0, BigDecimal.ZERO, none))
        .on(stage.shop.placed(), Placed::country,
            (row, placed) -> new Average(row.country, row.orders + 1, row.total.add(placed.total()), placed))
        .build();

    try (var rebuild = rebuild(changed)) {
      rebuild.awaitCaughtUp(LONG);
      assertThatThrownBy(rebuild::compare).hasMessageContaining("other columns");
      assertThatThrownBy(() -> stage.rows(changed)).hasMessageContaining("rebuild the view");
      rebuild.promote();

      assertThat(stage.rows(changed)).extracting(Average::orders).containsExactly(2L);
      var restarted = stage.run(stage.runner(changed));
      Eventually.holds(() -> assertThat(restarted.generation()).hasValue(2));
      assertThat(new Generations(changed, stage.database).rollback()).isEqualTo(1);
      assertThat(stage.rows(totals)).extracting(CountryTotal::total).containsExactly(new BigDecimal("4.000"));
    }
  }

  @Test
  void readers_see_the_one_or_the_other_and_never_a_pause() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(LONG);
      var done = new AtomicBoolean();
      var reader = CompletableFuture.runAsync(() -> {
        while (!done.get())
          assertThat(stage.rows(totals)).hasSize(1);
      });
      for (int i = 0; i < 10; i++) {
        rebuild.promote();
        rebuild.rollback();
      }
      done.set(true);
      reader.join();
    }
    assertThat(new Generations(totals, stage.database).live()).isEqualTo(1);
  }

  @Test
  void what_cannot_be_promoted_or_rolled_back_is_refused() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var generations = new Generations(totals, stage.database);

    assertThatThrownBy(() -> generations.promote(7)).hasMessageContaining("no generation 7");
    assertThatThrownBy(generations::rollback).hasMessageContaining("no generation");
    assertThat(generations.live()).isEqualTo(1);
  }

  @Test
  void rows_that_only_one_generation_has_and_the_least_difference_are_found_among_many() {
    var random = new Random(5);
    for (int i = 0; i < 3_000; i++)
      stage.append(stage.shop.placed(),
          Stage.placed("o" + i, "country-" + random.nextInt(2_500), "1.000", i));
    stage.caughtUp(stage.run(stage.runner(totals)));

    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(LONG);
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
    var later = StreamName.of("later-" + Servers.number());
    try (var rebuild = rebuild(Shop.on(later.value()).countryTotals())) {
      Eventually.holds(() -> assertThat(rebuild.status().state()).isEqualTo(ViewStatus.State.RETRYING));
      assertThat(rebuild.status()).returns(ViewStatus.State.RETRYING, ViewStatus::state)
          .extracting(ViewStatus::message)
          .asString().contains(later.value());

      stage.log.create(later, 1);

      rebuild.awaitCaughtUp(LONG);
      assertThat(rebuild.progress().phase()).isEqualTo(RebuildProgress.Phase.FOLLOWING);
    }
  }
}
