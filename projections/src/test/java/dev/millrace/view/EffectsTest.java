package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import dev.millrace.view.ViewStatus.State;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnTestedLog
class EffectsTest {
  private final Stage stage = new Stage(2);
  private volatile Effect<Placed> effect = EffectsProcess::note;
  private final Projection<CountryTotal> totals = Projection.named("country-totals")
      .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
      .on(stage.shop.placed(), Placed::country, CountryTotal::plus)
      .effect(stage.shop.placed(),
          (placed, record, connection) -> effect.on(placed, record, connection))
      .build();

  @BeforeEach
  void table() {
    EffectsProcess.createTable(stage.database);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Runner.Builder effects() {
    return Runner.effectsOf(totals).log(stage.log).codec(stage.codec).database(stage.database);
  }

  private void place(String order, long... numbers) {
    for (long number : numbers)
      stage.place(Stage.placed(order, "Norway", "1", number));
    stage.flush();
  }

  private List<String> done() {
    return stage.strings("SELECT key || ' ' || number FROM effects ORDER BY nr");
  }

  /** Runs the effects, which begin here. */
  private Runner begun() {
    var runner = stage.run(effects());
    eventually().untilAsserted(
        () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
            .isNotEmpty());
    return runner;
  }

  @Test
  void what_came_before_the_first_keeping_has_none_and_what_comes_while_nobody_keeps_them_has_them_later() {
    place("a", 1, 2, 3, 4, 5);
    place("b", 6, 7);
    begun().close();
    place("a", 8);
    place("c", 9);

    var view = stage.run(stage.runner(totals));
    stage.caughtUp(stage.run(effects()));
    stage.caughtUp(view);

    assertThat(done()).containsExactlyInAnyOrder("a 8", "c 9");
    assertThat(stage.rows(totals)).singleElement().returns(9L, CountryTotal::orders);
  }

  @Test
  void a_keeper_keeps_them_with_the_view_and_says_how_they_are() {
    try (var keeper = Keeper.of(stage.runner(totals)).start()) {
      eventually().untilAsserted(
          () -> assertThat(stage.strings("SELECT 1 FROM millrace.checkpoint WHERE generation = 0"))
              .isNotEmpty());
      effect = (placed, _, _) -> {
        throw new IllegalStateException("no effect of " + placed.number());
      };
      place("a", 1);
      eventually().untilAsserted(() -> assertThat(keeper.status()).returns(State.RUNNING, ViewStatus::state)
          .returns(1L, ViewStatus::rows).returns("1 events are parked that have not had their effects:"
              + " millrace dead-letters list country-totals --effects", ViewStatus::message));
      effect = (_, _, connection) -> {
        try (var statement = connection.createStatement()) {
          statement.execute("SELECT nothing");
        }
      };
      place("b", 2);
      eventually().untilAsserted(() -> assertThat(keeper.health()).returns(State.FAILED, Health::state)
          .satisfies(health -> assertThat(health.message()).startsWith("the effects of country-totals: ")
              .contains("\"nothing\" does not exist")));
      eventually().untilAsserted(
          () -> assertThat(stage.rows(totals)).singleElement().returns(2L, CountryTotal::orders));
    }
  }

  @Test
  void an_event_whose_effect_fails_leaves_nothing_and_holds_up_its_key_until_it_is_redriven() {
    var runner = begun();
    effect = (placed, record, connection) -> {
      EffectsProcess.note(placed, record, connection);
      if (placed.number() == 2)
        throw new IllegalStateException("not today");
    };
    place("a", 1, 2, 3);
    place("b", 4, 4, 5);
    stage.caughtUp(runner);

    assertThat(done()).containsExactlyInAnyOrder("a 1", "b 4");
    assertThat(
        stage.strings("SELECT key || ' ' || reason FROM millrace.parked WHERE generation = 0 ORDER BY 1"))
        .containsExactly("a EFFECT_FAILED", "a FOLLOWS", "b FOLLOWS", "b REFUSED_BY_DATABASE");

    effect = EffectsProcess::note;
    var letters = DeadLetters.of(totals).codec(stage.codec).database(stage.database).generation(0).build();
    stage.run(stage.runner(totals)); // without which there is no view
    eventually().untilAsserted(() -> assertThat(letters.groups(Filter.ALL)).hasSize(2));
    letters.redrive(Redrive.of(Filter.ALL));

    assertThat(done()).containsExactlyInAnyOrder("a 1", "b 4", "a 2", "a 3").containsSubsequence("a 2",
        "a 3");
    assertThat(letters.list(Filter.ALL, Optional.empty(), 10).rows()).hasSize(2);
    letters.discard(Redrive.of(Filter.ofKey("b")), "the test", "it was said twice");
    assertThat(done()).endsWith("b 5");
    place("a", 6);
    stage.caughtUp(runner);
    assertThat(done()).endsWith("a 6");
  }

  @Test
  void what_does_not_answer_is_tried_again_and_nothing_is_skipped() {
    var runner = begun();
    effect = (_, _, _) -> {
      throw new RuntimeException("as a library says it", new SQLException("gone", "08006"));
    };
    place("a", 1, 2);
    eventually().untilAsserted(() -> assertThat(runner.health().state()).isEqualTo(State.RETRYING));

    effect = EffectsProcess::note;
    stage.caughtUp(runner);

    assertThat(done()).containsExactly("a 1", "a 2");
    assertThat(stage.parked()).isEmpty();
  }

  @Test
  void the_transaction_is_not_theirs_to_end() {
    var runner = begun();
    effect = (placed, record, connection) -> {
      EffectsProcess.note(placed, record, connection);
      switch ((int) placed.number()) {
        case 1 -> connection.commit();
        case 2 -> connection.rollback();
        case 3 -> connection.close();
        default -> connection.setAutoCommit(true);
      }
    };
    place("a", 1);
    place("b", 2);
    place("c", 3);
    place("d", 4);
    stage.caughtUp(runner);

    assertThat(done()).isEmpty();
    assertThat(stage.strings("SELECT message FROM millrace.parked")).hasSize(4)
        .allMatch(message -> message.contains("of its connection, whose transaction is ended for it"));
  }

  @Test
  void a_view_without_effects_has_none_to_keep() {
    assertThatThrownBy(() -> Runner.effectsOf(stage.shop.countryTotals())).isInstanceOf(ViewException.class)
        .hasMessage("the projection country-totals has no effects");
  }
}
