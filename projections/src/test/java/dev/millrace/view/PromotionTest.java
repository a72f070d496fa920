package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.millrace.test.Randomized;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which generation becomes the live one, when, and what readers see of it. */
@OnTestedLog
@Order(2)
class PromotionTest {
  private static final int SWITCHES = Randomized.rounds(4, 10);

  private final Stage stage = new Stage(3);
  private final Projection<CountryTotal> totals = stage.shop.countryTotals();

  @AfterEach
  void close() {
    stage.close();
  }

  private Rebuild rebuild(Projection<?> projection) {
    return Rebuild.of(projection).log(stage.log).codec(stage.codec).database(stage.database).start();
  }

  private Generations generations(Projection<?> projection) {
    return new Generations(projection, stage.log, stage.database);
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
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.compare()).returns(true, Comparison::same).returns(1L, Comparison::newRows);
      assertThatThrownBy(() -> stage.rows(changed)).hasMessageContaining("rebuild the view");
      rebuild.promote();

      assertThat(stage.rows(changed)).extracting(Average::orders).containsExactly(2L);
      var restarted = stage.run(stage.runner(changed));
      eventually().untilAsserted(() -> assertThat(restarted.generation()).hasValue(2));
      assertThat(generations(changed).rollback()).isEqualTo(1);
      assertThat(stage.rows(totals)).extracting(CountryTotal::total).containsExactly(new BigDecimal("4.000"));
    }
  }

  @Test
  void a_generation_that_nobody_keeps_is_not_made_live_unless_that_is_better_than_what_is() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    var old = stage.run(stage.runner(totals));
    stage.caughtUp(old);
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.promote();
      old.close();
      stage.place(Stage.placed("2", "Norway", "1", 2));
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      assertThatThrownBy(rebuild::rollback).hasMessageContaining("has not come as far");
      assertThat(stage.rows(totals)).extracting(CountryTotal::orders).containsExactly(2L);
      assertThat(generations(totals).rollbackInTime()).isEqualTo(1);
      assertThat(stage.rows(totals)).extracting(CountryTotal::orders).containsExactly(1L);
      assertThat(generations(totals).all())
          .extracting(Generation::number, Generation::live, Generation::previous)
          .containsExactly(tuple(1, true, false), tuple(2, false, true));
    }
  }

  @Test
  void a_generation_whose_keeper_is_about_to_begin_is_waited_for() throws Exception {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    var old = stage.run(stage.runner(totals));
    stage.caughtUp(old);
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
    }
    stage.place(Stage.placed("2", "Norway", "1", 2));
    stage.caughtUp(old);

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var promotion = threads.submit(() -> generations(totals).promote(2));
      assertThatThrownBy(() -> promotion.get(2_500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      stage.run(stage.runner(totals).generation(2));
      promotion.get();
    }
    assertThat(generations(totals).live()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_keeper_that_is_too_slow_for_the_first_meeting_is_waited_for_again(boolean verified)
      throws Exception {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
    }
    var isSlow = new AtomicBoolean(true);
    stage.run(stage.runner(stage.shop.countryTotals(_ -> await().until(() -> !isSlow.get()))).generation(2));

    var hasMet = new AtomicBoolean();
    var watched = new FaultyDatabase(stage.database);
    watched.beforeStatement = sql -> {
      if (sql.contains("FOR UPDATE") && hasMet.compareAndSet(false, true)) { // the first meeting is about to be called
        stage.place(Stage.placed("2", "Norway", "1", 2));
        await().until(() -> stage.rows(totals).getFirst().orders() == 2);
      }
    };
    var generations = new Generations(totals, stage.log, watched.dataSource());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var promotion = threads.submit(() -> {
        if (verified)
          generations.promote(2);
        else
          generations.promoteUnverified(2);
        return generations.live();
      });
      try {
        await().until(() -> promotion.isDone() || isMeeting());
        await().during(ofSeconds(1)).until(() -> !isMeeting()); // longer than from one meeting straight to the next
      } finally {
        isSlow.set(false);
      }
      assertThat(promotion.get()).isEqualTo(2);
    }
  }

  private boolean isMeeting() {
    return stage.strings("SELECT bool_or(meet_until IS NOT NULL) FROM millrace.checkpoint").contains("t");
  }

  @Test
  void a_generation_that_something_is_made_from_is_not_dropped() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    try (var rebuild = rebuild(totals)) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
    }
    execute("CREATE VIEW of_two AS SELECT * FROM views.country_totals_g2");

    assertThat(generations(totals).dependents(2)).containsExactly("of_two");
    assertThatThrownBy(() -> generations(totals).drop(2)).hasMessageContaining("used by of_two");
    assertThatThrownBy(() -> generations(totals).drop(1)).hasMessageContaining("the live one");
    execute("DROP VIEW of_two");
    generations(totals).drop(2);
    assertThat(generations(totals).all()).extracting(Generation::number).containsExactly(1);
  }

  @Test
  void readers_see_the_one_or_the_other_and_never_a_pause() throws Exception {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    try (var rebuild = rebuild(totals); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      var done = new AtomicBoolean();
      var reader = threads.submit(() -> {
        while (!done.get() && !Thread.currentThread().isInterrupted())
          assertThat(stage.rows(totals)).hasSize(1);
        return done;
      });
      try {
        for (int i = 0; i < SWITCHES; i++) {
          rebuild.promote();
          rebuild.rollback();
        }
      } finally {
        done.set(true);
      }
      reader.get();
    }
    assertThat(generations(totals).live()).isEqualTo(1);
  }

  @Test
  void what_cannot_be_promoted_or_rolled_back_is_refused() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(totals)));
    var generations = generations(totals);

    assertThatThrownBy(() -> generations.promoteUnverified(7)).hasMessageContaining("no generation 7");
    assertThatThrownBy(generations::rollback).hasMessageContaining("was live before");
    assertThat(generations.live()).isEqualTo(1);
  }

  private void execute(String sql) {
    Transaction.run(stage.database, sql, connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute(sql);
      }
    });
  }
}
