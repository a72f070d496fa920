package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.Event;
import dev.millrace.test.Randomized;
import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import dev.millrace.view.Shop.Withdrawn;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A withdrawal takes the orders of its country away, but for its own: what no fold of one row can do. */
@OnTestedLog
class SqlHandlerTest {
  private final Stage stage = new Stage(1); // so that there is one order
  private volatile SqlHandler<Withdrawn> handler = SqlHandlerTest::clear;
  private final Projection<OrderTrail> trails = Projection.named("order-trails")
      .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
      .on(stage.shop.placed(), Placed::order, OrderTrail::then)
      .sql(stage.shop.withdrawn(),
          (withdrawn, record, table, connection) -> handler.on(withdrawn, record, table, connection))
      .build();

  @AfterEach
  void close() {
    stage.close();
  }

  private static void clear(Withdrawn withdrawn, LogRecord record, String table, Connection connection)
      throws SQLException {
    try (var delete = connection
        .prepareStatement("DELETE FROM " + table + " WHERE country = ? AND \"order\" <> ?")) {
      delete.setString(1, withdrawn.country());
      delete.setString(2, record.key());
      delete.executeUpdate();
    }
  }

  private void history(Random random, int events) {
    for (int i = 0; i < events; i++) {
      var order = "order-" + (100 + random.nextInt(60));
      var country = "country-" + random.nextInt(8);
      if (random.nextInt(6) == 0)
        stage.append(stage.shop.withdrawn(), new Withdrawn(order, country));
      else
        stage.append(stage.shop.placed(), Stage.placed(order, country, "1", i));
    }
    stage.flush();
  }

  /** One event after the other, as the log has them. */
  private List<OrderTrail> expected() {
    var rows = new TreeMap<String, OrderTrail>();
    var decoder = stage.codec.decoder(trails.types());
    var end = stage.log.end(trails.streams());
    try (var reader = stage.log.reader(trails.streams(), Cursor.start())) {
      while (!reader.cursor().hasReached(end)) {
        for (var record : reader.poll(Duration.ofMillis(200)).records()) {
          switch (decoder.decode(record.payload()).orElseThrow()) {
            case Placed placed ->
              rows.merge(placed.order(), new OrderTrail(placed.order(), "", 0, 7).then(placed),
                  (row, _) -> row.then(placed));
            case Withdrawn withdrawn -> rows.values().removeIf(
                row -> row.country().equals(withdrawn.country()) && !row.order().equals(withdrawn.order()));
            case Event other -> throw new AssertionError(other);
          }
        }
      }
    }
    return List.copyOf(rows.values());
  }

  @Test
  void folds_and_sql_change_rows_in_the_order_of_the_events_and_a_rebuild_comes_to_the_same() {
    history(Randomized.random(), 400);
    var expected = expected();
    var runner = stage.run(stage.runner(trails));
    stage.caughtUp(runner);

    assertThat(stage.rows(trails)).as(Randomized.repeat()).isEqualTo(expected);
    assertThat(runner.status()).as(Randomized.repeat()).returns((long) expected.size(), ViewStatus::rows)
        .returns(400L, ViewStatus::events);
    try (
        var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.progress().inOrder()).isEqualTo("it has SQL of its own");
      assertThat(rebuild.compare()).returns(true, Comparison::same)
          .returns((long) expected.size(), Comparison::newRows);
      rebuild.promote();
    }
    assertThat(stage.rows(trails)).as(Randomized.repeat()).isEqualTo(expected);
  }

  @Test
  void an_audit_finds_what_somebody_changed_and_as_of_shows_what_was() {
    history(new Random(17), 100);
    var then = expected();
    var end = stage.log.end(trails.streams());
    history(new Random(18), 100);
    stage.caughtUp(stage.run(stage.runner(trails)));

    var audit = Audit.of(trails).log(stage.log).codec(stage.codec).database(stage.database);
    assertThat(audit.run()).returns(true, Comparison::same);
    stage.strings("UPDATE views.order_trails_g1 SET trail = 0 WHERE \"order\" ="
        + " (SELECT min(\"order\") FROM views.order_trails_g1) RETURNING 1");
    assertThat(audit.run().examples()).singleElement()
        .satisfies(found -> assertThat(found.fields()).containsExactly("trail"));
    try (var before = AsOf.of(trails).log(stage.log).codec(stage.codec).database(stage.database).upTo(end)) {
      assertThat(before.model().query(Query.all().limit(Query.MOST_ROWS)).rows()).isEqualTo(then);
    }
  }

  @Test
  void an_event_whose_sql_fails_leaves_nothing_and_holds_up_its_key_until_it_is_redriven() {
    handler = (withdrawn, record, table, connection) -> {
      clear(withdrawn, record, table, connection);
      throw new IllegalStateException("not today");
    };
    stage.append(stage.shop.placed(), Stage.placed("a", "Norway", "1", 1));
    stage.append(stage.shop.placed(), Stage.placed("b", "Norway", "1", 2));
    stage.append(stage.shop.withdrawn(), new Withdrawn("b", "Norway"));
    stage.append(stage.shop.placed(), Stage.placed("b", "Norway", "1", 3));
    stage.append(stage.shop.placed(), Stage.placed("c", "Norway", "1", 4));
    var runner = stage.run(stage.runner(trails));
    stage.caughtUp(runner);

    assertThat(stage.rows(trails)).extracting(OrderTrail::order, OrderTrail::events).containsExactly(
        tuple("a", 1L), tuple("b", 1L),
        tuple("c", 1L));
    assertThat(runner.status()).returns(3L, ViewStatus::rows).returns(2L, ViewStatus::parked);

    handler = SqlHandlerTest::clear;
    DeadLetters.of(trails).codec(stage.codec).database(stage.database).build()
        .redrive(Redrive.of(Filter.ALL));

    assertThat(stage.rows(trails)).singleElement().returns("b", OrderTrail::order).returns(2L,
        OrderTrail::events);
    assertThat(runner.status()).returns(1L, ViewStatus::rows).returns(0L, ViewStatus::parked)
        .returns(5L, ViewStatus::events);
  }

  @Test
  void it_takes_a_database() {
    assertThatThrownBy(() -> new MemoryView<>(trails, stage.codec)).isInstanceOf(ViewException.class)
        .hasMessage(
            "the projection order-trails has SQL of its own, which takes a database: test it with a Runner");
  }
}
