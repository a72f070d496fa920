package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.SharedServers;
import dev.millrace.test.Randomized;
import dev.millrace.view.RebuildProgress.Phase;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What a rebuild writes at once is what a runner writes a batch at a time. */
@OnTestedLog
@Order(8)
class FoldAndCopyTest {
  private final Stage stage = new Stage(3);
  private final Projection<OrderTrail> trails = stage.shop.orderTrails();

  @AfterEach
  void close() {
    stage.close();
  }

  private Rebuild.Builder rebuild(Projection<?> projection) {
    return Rebuild.of(projection).log(stage.log).codec(stage.codec).database(stage.database);
  }

  enum Size {
    SMALL, LARGE
  }

  record Part(String name, Optional<Integer> count) {}

  record Everything(@Key String order, @Key LocalDate day, long number, int count, boolean odd, double weight,
      BigDecimal total, Instant at, Size size, Optional<String> note, Optional<Long> seen, List<Part> parts,
      Optional<Instant> closedAt, Optional<BigDecimal> discount) {
    Everything of(Placed placed) {
      long number = placed.number();
      return new Everything(order, day, -number, (int) number, number % 2 == 1, number / 3.0,
          placed.total().multiply(BigDecimal.valueOf(number, 7)).subtract(BigDecimal.valueOf(number, -3)),
          Instant.ofEpochSecond(number * 86_400 * 300 - 60_000_000_000L, 123_456_789),
          number % 2 == 0 ? Size.SMALL : Size.LARGE,
          number % 3 == 0 ? Optional.empty() : Optional.of("naïve € 🎉 " + number),
          number % 5 == 0 ? Optional.empty() : Optional.of(Long.MIN_VALUE + number),
          List.of(new Part("lid", Optional.of(2)), new Part(placed.country(), Optional.empty())),
          number % 2 == 0 ? Optional.empty() : Optional.of(Instant.EPOCH.minusNanos(number)),
          number % 2 == 0
              ? Optional.empty()
              : Optional.of(new BigDecimal("0.000").setScale((int) (number % 9))));
    }
  }

  @Test
  void values_of_every_type_are_the_same() {
    var everything = Projection.named("everything")
        .of(Everything.class,
            (List<Object> key) -> new Everything((String) key.get(0), (LocalDate) key.get(1), 0, 0,
                false, 0, BigDecimal.ZERO, Instant.EPOCH, Size.SMALL, Optional.empty(), Optional.empty(),
                List.of(),
                Optional.empty(), Optional.empty()))
        .on(stage.shop.placed(),
            placed -> List.<Object>of(placed.order(),
                LocalDate.of(1, 1, 1).plusDays(placed.number() * 1_000)),
            Everything::of)
        .build();
    for (int number = 0; number < 300; number++)
      stage.append(stage.shop.placed(), Stage.placed("o" + number, "c" + number, number + ".125", number));
    stage.caughtUp(stage.run(stage.runner(everything)));

    try (var rebuild = rebuild(everything).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      assertThat(rebuild.progress().inOrder()).isEmpty();
      assertThat(rebuild.compare()).isEqualTo(new Comparison(true, 300, 300, 0, 0, List.of()));
    }
  }

  @Test
  void rows_counts_and_what_is_parked_are_the_same_on_either_way() {
    var random = Randomized.random();
    for (var placed : new History(random, 2_000, 100, 5).events) {
      if (random.nextInt(200) == 0)
        stage.append(placed.order(), new byte[]{1, 2, 3});
      else if (random.nextInt(50) == 0)
        stage.append(stage.shop.withdrawn(), new Shop.Withdrawn(placed.order(), placed.country()));
      else
        stage.append(stage.shop.placed(), placed);
    }
    stage.caughtUp(stage.run(stage.runner(trails)));

    var ways = new ArrayList<RebuildProgress>();
    for (var way : List.of(rebuild(trails), rebuild(trails).memory(1).anew(),
        rebuild(trails).memory(20_000).anew())) {
      try (var rebuild = way.start()) {
        rebuild.awaitCaughtUp(Stage.DEADLINE);
        assertThat(rebuild.compare().same()).as("%s: %s", Randomized.repeat(), rebuild.compare()).isTrue();
        assertThat(kept(stage, rebuild.generation())).as(Randomized.repeat()).isEqualTo(kept(stage, 1))
            .hasSizeGreaterThan(1);
        assertThat(rebuild.status()).as(Randomized.repeat())
            .returns(rebuild.compare().liveRows(), ViewStatus::rows)
            .returns(0L, ViewStatus::lag);
        ways.add(rebuild.progress());
      }
    }
    assertThat(ways).extracting(RebuildProgress::phase).containsOnly(Phase.FOLLOWING);
    assertThat(ways).extracting(RebuildProgress::inOrder).containsOnly("");
    assertThat(ways).extracting(RebuildProgress::buckets).satisfiesExactly(none -> assertThat(none).isZero(),
        all -> assertThat(all).isEqualTo(Buckets.COUNT),
        some -> assertThat(some).isBetween(1, Buckets.COUNT - 1));
  }

  @Test
  void a_fold_that_fails_for_a_row_on_disk_has_the_events_taken_in_their_order() {
    try (var few = new Stage(TestedLog.CHOSEN::openFrugal, 3)) {
      var totals = few.shop.countryTotals();
      for (int number = 0; number < 200; number++)
        few.append(few.shop.placed(),
            Stage.placed("o" + number % 7, "country-" + number % 50, "1.000", number == 99 ? -1 : number));
      few.caughtUp(few.run(few.runner(totals)));

      try (var rebuild = Rebuild.of(totals).log(few.log).codec(few.codec).database(few.database).memory(1)
          .start()) {
        rebuild.awaitCaughtUp(Stage.DEADLINE);

        if (TestedLog.CHOSEN == TestedLog.KAFKA) // else all may come at once, before anything is on disk
          assertThat(rebuild.progress().inOrder()).contains("below zero");
        assertThat(rebuild.compare().same()).isTrue();
        assertThat(kept(few, 2)).isEqualTo(kept(few, 1)).anyMatch(line -> line.contains("FOLLOWS"));
      }
    }
  }

  /** What a generation parked and how many events it took, line by line. */
  private static List<String> kept(Stage stage, int generation) {
    return stage.strings(
        "SELECT concat_ws(' ', \"partition\", \"position\", key, reason, payload) FROM millrace.parked"
            + " WHERE generation = " + generation
            + " UNION ALL SELECT concat_ws(' ', \"partition\", parked, events)"
            + " FROM millrace.checkpoint WHERE generation = " + generation
            + " AND events + parked > 0 ORDER BY 1");
  }

  @Test
  void what_follows_the_history_is_folded_on_from_it() {
    stage.place(Stage.placed("1", "Norway", "1", 1), Stage.placed("1", "Norway", "1", 2));
    stage.caughtUp(stage.run(stage.runner(trails)));

    try (var rebuild = rebuild(trails).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      stage.place(Stage.placed("1", "Norway", "1", 3), Stage.placed("2", "Norway", "1", 4));
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.promote();

      assertThat(stage.rows(trails)).extracting(OrderTrail::events).containsExactly(3L, 1L);
      assertThat(stage.rows(trails).getFirst().trail()).isEqualTo(((7 * 31 + 1) * 31 + 2) * 31 + 3);
    }
  }

  @Test
  void indexes_constraints_and_privileges_of_the_live_table_and_its_view_are_kept() {
    stage.place(Stage.placed("1", "Norway", "1", 1));
    stage.caughtUp(stage.run(stage.runner(trails)));
    var role = SharedServers.uniqueName("reporter");
    execute("CREATE ROLE " + role);
    execute("CREATE INDEX by_country ON views.order_trails_g1 (country, (events + 1)) WHERE events > 0");
    execute("ALTER TABLE views.order_trails_g1 ADD CONSTRAINT some_events CHECK (events > 0),"
        + " ADD UNIQUE (\"order\", trail)");
    execute("GRANT SELECT ON views.order_trails_g1 TO " + role + " WITH GRANT OPTION");
    execute("GRANT SELECT ON views.order_trails TO " + role + ", PUBLIC");
    execute("CREATE VIEW norwegians AS SELECT * FROM views.order_trails WHERE country = 'Norway'");

    try (var rebuild = rebuild(trails).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.promote();

      assertThat(described(2)).isEqualTo(described(1)).hasSize(7);
      assertThat(stage.strings("SELECT \"order\" FROM norwegians")).containsExactly("1");
      assertThat(
          stage.strings("SELECT relacl::text FROM pg_class WHERE oid = 'views.order_trails'::regclass"))
          .singleElement().asString().contains(role + "=r/").contains("=r/");
    }
  }

  /** Indexes, constraints and privileges, without the generation's number. */
  private List<String> described(int generation) {
    var table = "'views.order_trails_g" + generation + "'::regclass";
    return stage.strings("SELECT regexp_replace(d, 'INDEX \\S+ ON \\S+', 'INDEX') FROM ("
        + "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = " + table
        + " UNION ALL SELECT contype::text || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' AND conrelid = "
        + table + " UNION ALL SELECT relacl::text FROM pg_class WHERE oid = " + table + ") x(d) ORDER BY 1");
  }

  private void execute(String sql) {
    Transaction.run(stage.database, sql, connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute(sql);
      }
    });
  }
}
