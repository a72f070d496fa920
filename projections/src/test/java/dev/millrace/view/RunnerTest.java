package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.ProductTotal;
import dev.millrace.view.Shop.Withdrawn;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("every-log")
@OnTestedLog
class RunnerTest {
  private final Stage stage = new Stage(2);

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void events_become_rows_by_key_by_element_and_away_again() {
    stage.place(Stage.placed("1", "Norway", "1.5", 1), Stage.placed("1", "Norway", "2", 2),
        Stage.placed("2", "Norway", "3", 6), Stage.placed("3", "Iceland", "4", 3));
    stage.append(stage.shop.withdrawn(), new Withdrawn("2", "Norway"));

    stage.caughtUp(stage.run(stage.runner(stage.shop.countryTotals())));
    stage.caughtUp(stage.run(stage.runner(stage.shop.orderTrails())));
    stage.caughtUp(stage.run(stage.runner(stage.shop.productTotals())));

    assertThat(stage.rows(stage.shop.countryTotals())).containsExactly(
        new CountryTotal("Iceland", 1, new BigDecimal("4.000")),
        new CountryTotal("Norway", 3, new BigDecimal("6.500")));
    assertThat(stage.rows(stage.shop.orderTrails())).containsExactly(
        new OrderTrail("1", "Norway", 2, (7 * 31 + 1) * 31 + 2),
        new OrderTrail("3", "Iceland", 1, 7 * 31 + 3));
    assertThat(stage.rows(stage.shop.productTotals())).containsExactly(
        new ProductTotal("P1", 7), new ProductTotal("P2", 2), new ProductTotal("P3", 3));
  }

  @Test
  void a_runner_goes_on_at_its_checkpoint() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "1", 1));
    var first = stage.run(stage.runner(stage.shop.orderTrails()));
    stage.caughtUp(first);
    first.close();
    stage.place(Stage.placed("1", "Norway", "1", 2), Stage.placed("3", "Norway", "1", 1));

    var second = stage.run(stage.runner(stage.shop.orderTrails()));
    stage.caughtUp(second);

    assertThat(first.health().state()).isEqualTo(ViewStatus.State.STOPPED);
    assertThat(stage.rows(stage.shop.orderTrails())).extracting(OrderTrail::events).containsExactly(2L, 1L,
        1L);
  }

  @Test
  void status_tells_rows_events_lag_and_freshness() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("1", "Norway", "1", 2),
        Stage.placed("2", "Norway", "1", 1));
    var runner = stage.run(stage.runner(stage.shop.orderTrails()));
    stage.caughtUp(runner);

    var status = runner.status();

    assertThat(status.view()).isEqualTo("order-trails");
    assertThat(status.generation()).isEqualTo(1);
    assertThat(status.rows()).isEqualTo(2);
    assertThat(status.events()).isEqualTo(3);
    assertThat(status.parked()).isZero();
    assertThat(status.lag()).isZero();
    assertThat(status.freshness()).isZero();

    runner.close();
    stage.place(Stage.placed("2", "Norway", "1", 2));
    eventually().untilAsserted(
        () -> assertThat(runner.status().freshness()).isBetween(Duration.ofMillis(1), Duration.ofHours(1)));
    assertThat(runner.status().lag()).isEqualTo(1);
  }

  @Test
  void a_view_that_was_idle_is_not_behind_since_its_last_event() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    var ahead = new AtomicReference<>(Duration.ZERO);
    var clock = new Clock() {
      @Override
      public Instant instant() {
        return Instant.now().plus(ahead.get());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
    var runner = stage.run(stage.runner(stage.shop.orderTrails()).clock(clock));
    stage.caughtUp(runner);
    runner.close();
    ahead.set(Duration.ofHours(5));
    assertThat(runner.status()).returns(Duration.ZERO, ViewStatus::freshness).returns(Duration.ZERO,
        ViewStatus::eventFreshness);

    stage.place(Stage.placed("1", "Norway", "1", 2));

    eventually().untilAsserted(() -> assertThat(runner.status().lag()).isEqualTo(1));
    assertThat(runner.status().freshness()).isLessThan(Duration.ofMinutes(1));
    assertThat(runner.status().eventFreshness()).isLessThan(Duration.ofMinutes(1));
    ahead.set(Duration.ofHours(7));
    assertThat(runner.status().eventFreshness()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
  }

  @Test
  void freshness_is_told_by_the_time_at_which_events_happened_as_well() {
    stage.append("1", stage.codec.encode(stage.shop.placed(), Stage.placed("1", "Norway", "1", 1)),
        Instant.now().minus(Duration.ofDays(3)));
    var first = stage.run(stage.runner(stage.shop.orderTrails()));
    stage.caughtUp(first);
    first.close();
    stage.place(Stage.placed("1", "Norway", "1", 2));

    // Nobody has seen the view level: it is as far behind as what it shows last.
    var late = stage.runner(stage.shop.orderTrails()).generation(1).build();

    eventually().untilAsserted(() -> assertThat(late.status().lag()).isEqualTo(1));
    assertThat(late.status().freshness()).isLessThan(Duration.ofHours(1));
    assertThat(late.status().eventFreshness()).isBetween(Duration.ofDays(3), Duration.ofDays(4));
  }

  @Test
  void a_bad_event_parks_its_own_key_alone_and_what_follows_waits_in_order() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("2", "Norway", "10", 1));
    stage.append("1", "no event".getBytes(StandardCharsets.UTF_8));
    stage.place(Stage.placed("1", "Norway", "1", 2), Stage.placed("2", "Norway", "10", 2));
    var first = stage.run(stage.runner(stage.shop.countryTotals()));
    stage.caughtUp(first);
    first.close();
    stage.place(Stage.placed("1", "Norway", "1", 3), Stage.placed("2", "Norway", "10", 3));

    var second = stage.run(stage.runner(stage.shop.countryTotals()));
    stage.caughtUp(second);

    assertThat(stage.rows(stage.shop.countryTotals()))
        .containsExactly(new CountryTotal("Norway", 4, new BigDecimal("31.000")));
    assertThat(stage.parked()).extracting(line -> line.substring(line.indexOf(' ') + 1))
        .containsExactly("1 NOT_FRAMED", "1 FOLLOWS", "1 FOLLOWS");
    assertThat(second.status().parked()).isEqualTo(3);
    assertThat(second.status().lag()).isZero();
    assertThat(
        stage.strings("SELECT encode(payload, 'escape') FROM millrace.parked WHERE reason = 'NOT_FRAMED'"))
        .containsExactly("no event");
    assertThat(stage.strings("SELECT message FROM millrace.parked WHERE reason = 'NOT_FRAMED'").getFirst())
        .contains(stage.stream.value());
    assertThat(stage.strings("SELECT headers ->> 'source' FROM millrace.parked LIMIT 1"))
        .containsExactly("/tests");
  }

  @Test
  void a_fold_that_throws_parks_its_event_with_all_of_its_changes() {
    stage.place(Stage.placed("1", "Norway", "1", -1), Stage.placed("1", "Norway", "1", 1),
        Stage.placed("2", "Norway", "1", 1));

    var runner = stage.run(stage.runner(stage.shop.countryTotals()));
    stage.caughtUp(runner);

    assertThat(stage.rows(stage.shop.countryTotals())).extracting(CountryTotal::orders).containsExactly(1L);
    assertThat(stage.parked()).extracting(line -> line.substring(line.indexOf(' ') + 1))
        .containsExactly("1 FOLD_FAILED", "1 FOLLOWS");
    assertThat(stage.strings("SELECT message FROM millrace.parked WHERE reason = 'FOLD_FAILED'").getFirst())
        .contains("a number below zero", "schema id");
  }

  @Test
  void what_the_database_cannot_hold_is_parked_and_the_runner_goes_on() {
    stage.place(Stage.placed("1", "Nor\0way", "1", 1), Stage.placed("2\0", "x".repeat(3_000), "1", 1),
        Stage.placed("3", "Norway", "1", 1));

    var runner = stage.run(stage.runner(stage.shop.countryTotals()));
    stage.caughtUp(runner);

    assertThat(stage.rows(stage.shop.countryTotals())).extracting(CountryTotal::country)
        .containsExactly("Norway");
    assertThat(stage.parked()).extracting(line -> line.substring(line.indexOf(' ') + 1))
        .containsExactlyInAnyOrder("1 KEY_FAILED", "2\u2400 KEY_FAILED");
    assertThat(runner.health().state()).isEqualTo(ViewStatus.State.RUNNING);
  }

  @Test
  void another_definition_stops_the_runner_and_asks_for_a_rebuild() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(stage.shop.countryTotals())));
    var changed = Projection.named("country-totals")
        .of(CountryTotal.class, (String country) -> new CountryTotal(country, 0, BigDecimal.ZERO))
        .on(stage.shop.placed(), Shop.Placed::country, CountryTotal::plus).version(2).build();

    var runner = stage.run(stage.runner(changed));

    eventually().untilAsserted(() -> assertThat(runner.health().state()).isEqualTo(ViewStatus.State.FAILED));
    assertThat(runner.health().message()).contains("rebuild");
  }
}
