package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.schema.EventType;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A live view is held against its log, and looked at as it was. */
@OnTestedLog
@Order(4)
class AuditTest {
  private final Stage stage = new Stage(3);
  private final Projection<CountryTotal> totals = stage.shop.countryTotals();

  @AfterEach
  void close() {
    stage.close();
  }

  private Audit.Builder audit(Projection<?> projection) {
    return Audit.of(projection).log(stage.log).codec(stage.codec).database(stage.database);
  }

  private History fill(int events) {
    var history = new History(new Random(17), events, 50, 40);
    history.events.forEach(placed -> stage.append(stage.shop.placed(), placed));
    stage.flush();
    return history;
  }

  @Test
  void a_view_that_is_what_its_log_comes_to_has_no_differences_while_it_goes_on() {
    fill(500);
    var runner = stage.run(stage.runner(totals));
    stage.caughtUp(runner);

    assertThat(audit(totals).run()).returns(true, Comparison::same).returns(40L, Comparison::liveRows);
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(runner);
    assertThat(audit(totals).run()).returns(true, Comparison::same).returns(41L, Comparison::newRows);
    assertThat(new Generations(totals, stage.log, stage.database).all()).hasSize(1);
    assertThat(stage
        .strings("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'country_totals%'"))
        .containsExactly("2");
  }

  @Test
  void rows_that_somebody_changed_added_or_took_away_are_named() {
    fill(500);
    stage.caughtUp(stage.run(stage.runner(totals)));
    stage.strings(
        "UPDATE views.country_totals_g1 SET orders = orders + 1 WHERE country = 'country-3' RETURNING 1");
    stage.strings("DELETE FROM views.country_totals_g1 WHERE country = 'country-5' RETURNING 1");
    stage.strings("INSERT INTO views.country_totals_g1 VALUES ('Atlantis', 1, 1.000) RETURNING 1");

    var found = audit(totals).run();

    assertThat(found).returns(3L, Comparison::different).returns(3L, Comparison::unexpected);
    assertThat(found.examples()).extracting(one -> one.key().get("country"))
        .containsExactly("Atlantis", "country-3", "country-5");
    assertThat(found.examples().get(1).fields()).containsExactly("orders");
    long sampled = audit(totals).sample(0.5).run().different();
    assertThat(sampled).isLessThanOrEqualTo(3);
    assertThat(audit(totals).sample(0.5).run().liveRows()).isLessThan(40);
    assertThatThrownBy(() -> audit(totals).sample(0)).hasMessageContaining("above 0");
  }

  @Test
  void a_fold_that_is_not_pure_is_found_and_its_field_named() {
    fill(200);
    var counter = new AtomicLong();
    var impure = Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
        .on(stage.shop.placed(), Placed::country, (row, placed) -> new CountryTotal(row.country(),
            counter.incrementAndGet(), row.total().add(placed.total())))
        .build();
    stage.caughtUp(stage.run(stage.runner(impure)));

    var found = audit(impure).run();

    assertThat(found.different()).isEqualTo(found.liveRows()).isPositive();
    assertThat(found.examples()).allSatisfy(one -> assertThat(one.fields()).containsExactly("orders"));
  }

  @Test
  void a_rehearsal_tells_what_another_projection_would_make_of_the_history_and_what_it_could_not_take() {
    var former = stage.shop.placed();
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "2", 2),
        Stage.placed("4", "Chad", "4", -4));
    var then = Instant.now().plusMillis(2);
    while (!Instant.now().isAfter(then))
      Thread.onSpinWait();
    stage.place(Stage.placed("3", "France", "3", 3), Stage.placed("5", "France", "0", 5));
    var lenient = Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
        .on(former, Placed::country,
            (row, placed) -> new CountryTotal(row.country(), row.orders() + 1,
                row.total().add(placed.total())))
        .build();
    stage.caughtUp(stage.run(stage.runner(lenient)));
    var text = former.newest().toString();
    var next = EventType.of(Placed.SHAPE,
        List.of(text, text.replaceFirst("\\{", "{\"upcaster\": \"test.shop.Doubled\", ")), former,
        placed -> new Placed(placed.order(), placed.country(), placed.lines(),
            placed.country().equals("France") ? placed.total().add(BigDecimal.ONE) : placed.total(),
            placed.number()));
    var candidate = Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
        .on(next, Placed::country, CountryTotal::plus).build();

    var rehearsed = audit(candidate).rehearse(_ -> {});

    assertThat(rehearsed.asExpected()).isFalse();
    assertThat(rehearsed.failures()).singleElement().returns("FOLD_FAILED", Rehearsal.Failures::reason)
        .returns(1L, Rehearsal.Failures::records)
        .satisfies(failure -> assertThat(failure.example()).contains("a number below zero: -4"));
    assertThat(rehearsed.comparison().orElseThrow().examples())
        .extracting(one -> one.key().get("country"), one -> List.copyOf(one.fields()))
        .containsExactly(tuple("Chad", List.of("country", "orders", "total")),
            tuple("France", List.of("total")));
    assertThat(rehearsed.took()).isPositive();
    assertThat(stage.rows(lenient)).as("the live view is left alone").hasSize(3);
    assertThat(audit(lenient).rehearse(_ -> {}).asExpected()).isTrue();

    var since = audit(candidate).since(Instant.EPOCH).rehearse(_ -> {});
    assertThat(since.failures()).isEqualTo(rehearsed.failures());
    assertThat(since.comparison()).isEmpty();
    assertThat(audit(candidate).last(2).rehearse(_ -> {}).failures()).as("the one that fails is older")
        .isEmpty();
    assertThat(audit(candidate).last(2).rehearse(_ -> {}).records()).isEqualTo(2);
    assertThat(since.records()).isEqualTo(5);
    assertThat(since.asExpected()).as("a fold may miss what was before").isTrue();
    assertThatThrownBy(() -> audit(candidate).last(2).run()).hasMessageContaining("rehearse() them");
    assertThat(audit(candidate).last(1_000).rehearse(_ -> {}).failures()).isEqualTo(rehearsed.failures());
    assertThatThrownBy(() -> audit(candidate).last(0)).hasMessageContaining("from 1 to 100000, not 0");
    var nothing = audit(candidate).since(Instant.now()).rehearse(_ -> {});
    assertThat(nothing.failures()).isEmpty();
    assertThat(nothing.asExpected()).isTrue();
  }

  @Test
  void a_view_is_as_it_was_and_what_changed_since_is_told() {
    var history = fill(300);
    var then = stage.log.end(totals.streams());
    stage.place(Stage.placed("1", "Norway", "2.5", 1), Stage.placed("2", "country-1", "1", 2));
    stage.caughtUp(stage.run(stage.runner(totals)));

    for (long memory : new long[]{1, 256L << 20}) {
      try (var was = AsOf.of(totals).log(stage.log).codec(stage.codec).database(stage.database).memory(memory)
          .upTo(then)) {
        assertThat(was.model().query(Query.all().limit(1_000)).rows())
            .containsExactlyElementsOf(history.countryTotals());
        assertThat(was.model().get("Norway")).isEmpty();
        assertThat(was.compare().examples()).extracting(one -> one.key().get("country"))
            .containsExactly("Norway", "country-1");
      }
    }
    try (var none = AsOf.of(totals).log(stage.log).codec(stage.codec).database(stage.database)
        .at(java.time.Instant.EPOCH.plus(Duration.ofDays(1)))) {
      assertThat(none.model().query(Query.all()).rows()).isEmpty();
    }
    assertThat(stage.strings("SELECT count(*) FROM millrace.generation")).containsExactly("1");
  }

  @Test
  void a_new_definition_is_held_against_a_live_view_that_nobody_keeps_any_more() {
    fill(300);
    var old = stage.run(stage.runner(totals));
    stage.caughtUp(old);
    old.close();
    stage.place(Stage.placed("1", "Norway", "2.5", 1));

    try (var rebuild = Rebuild.of(version2("total")).log(stage.log).codec(stage.codec)
        .database(stage.database).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.compare()).returns(40L, Comparison::different).returns(true, Comparison::asExpected);
      rebuild.promote();
      assertThat(stage.rows(totals)).hasSize(41);
    }
  }

  private Projection<CountryTotal> version2(String changed) {
    return Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO)).version(2)
        .changes(changed)
        .on(stage.shop.placed(), Placed::country, (row, placed) -> new CountryTotal(row.country(),
            row.orders() + 1, row.total().add(placed.total()).add(BigDecimal.ONE)))
        .build();
  }

  @Test
  void a_keeper_follows_what_is_promoted_and_keeps_the_generation_before() {
    int countries = fill(100).countryTotals().size();
    try (var keeper = Keeper.of(stage.runner(totals)).start()) {
      eventually().untilAsserted(() -> assertThat(keeper.status().lag()).isZero());
      try (var rebuild = Rebuild.of(totals).log(stage.log).codec(stage.codec).database(stage.database)
          .start()) {
        rebuild.awaitCaughtUp(Stage.DEADLINE);
        rebuild.promote();
      }
      eventually().untilAsserted(() -> assertThat(keeper.status().generation()).isEqualTo(2));
      stage.place(Stage.placed("1", "Norway", "2.5", 1));
      eventually().untilAsserted(() -> assertThat(stage.rows(totals)).hasSize(countries + 1));
      var generations = new Generations(totals, stage.log, stage.database);
      assertThat(generations.rollback()).isEqualTo(1);
      assertThat(stage.rows(totals)).hasSize(countries + 1);
      eventually().untilAsserted(() -> assertThat(keeper.status().generation()).isEqualTo(1));
    }
    try (var changed = Keeper.of(stage.runner(version2("total"))).start()) {
      eventually().untilAsserted(
          () -> assertThat(changed.health().state()).isEqualTo(ViewStatus.State.REBUILD_NEEDED));
      assertThat(changed.health().message()).contains("rebuild the view");
      assertThat(changed.status().rows()).isEqualTo(countries + 1);
    }
  }
}
