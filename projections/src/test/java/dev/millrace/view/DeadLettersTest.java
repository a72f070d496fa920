package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.DeadLetters.Group;
import dev.millrace.view.DeadLetters.Letter;
import dev.millrace.view.Redriven.Queue;
import dev.millrace.view.Shop.OrderTrail;
import dev.millrace.view.Shop.Placed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@OnTestedLog
@Order(7)
class DeadLettersTest {
  private final Stage stage = new Stage(2);
  private final Mendable view = new Mendable(stage.shop, placed -> placed.number() < 0);
  private final DeadLetters letters = letters().build();

  @AfterEach
  void close() {
    stage.close();
  }

  private DeadLetters.Builder letters() {
    return DeadLetters.of(view.trails).codec(stage.codec).database(stage.database);
  }

  private Runner caughtUp() {
    var runner = stage.run(stage.runner(view.trails));
    stage.caughtUp(runner);
    return runner;
  }

  private void place(String order, long... numbers) {
    for (long number : numbers)
      stage.place(Stage.placed(order, "Norway", "1", number));
  }

  private static OrderTrail trail(String order, long... numbers) {
    var row = new OrderTrail(order, "", 0, 7);
    for (long number : numbers)
      row = row.then(Stage.placed(order, "Norway", "1", number));
    return row;
  }

  private List<String> reasons() {
    return stage.parked().stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
  }

  @Test
  void a_redrive_takes_a_key_through_in_order_and_what_comes_next_goes_straight_through() {
    place("a", 1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    place("b", 1, 2);
    var runner = caughtUp();
    assertThat(stage.rows(view.trails)).containsExactly(trail("a", 1), trail("b", 1, 2));
    view.mend();

    var done = letters.redrive(Redrive.of(Filter.ofKey("a")));
    place("a", 13);
    stage.caughtUp(runner);

    assertThat(done.next()).isEmpty();
    assertThat(done.queues())
        .containsExactly(new Queue(stage.stream.value(), "a", "", "", 0, 11, 0, Optional.empty()));
    assertThat(stage.rows(view.trails))
        .containsExactly(trail("a", 1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13), trail("b", 1, 2));
    assertThat(stage.parked()).isEmpty();
    assertThat(runner.status()).returns(0L, ViewStatus::parked).returns(15L, ViewStatus::events)
        .returns(2L, ViewStatus::rows);
  }

  @Test
  void what_fails_again_stays_first_with_what_is_wrong_now_and_its_queue_behind_it() {
    place("a", -1, 2, -3, 4);
    place("b", -1);
    caughtUp();
    view.broken = placed -> placed.number() == -3;

    var done = letters.redrive(Redrive.of(Filter.ALL));

    assertThat(done.queues()).extracting(Queue::key, Queue::redriven, Queue::parked)
        .containsExactly(tuple("a", 2L, 2L), tuple("b", 1L, 0L));
    assertThat(done.queues().getFirst().failure().orElseThrow().message()).contains("cannot fold number -3");
    assertThat(stage.rows(view.trails)).containsExactly(trail("a", -1, 2), trail("b", -1));
    assertThat(reasons()).containsExactly("a FOLD_FAILED", "a FOLLOWS");
    assertThat(letters.list(Filter.ALL, Optional.empty(), 10).rows().getFirst().message())
        .contains("cannot fold number -3");
  }

  @Test
  void failures_of_one_cause_are_one_group_whatever_their_keys_and_places() {
    place("a", -1, 2, 3);
    place("b", 1, -2);
    stage.append("c", "no event".getBytes(UTF_8));
    stage.append("", "no event".getBytes(UTF_8));
    stage.append("", "no event either".getBytes(UTF_8));
    caughtUp();

    var groups = letters.groups(Filter.ALL);

    assertThat(groups).extracting(Group::reason, Group::records, Group::keys, Group::waiting)
        .containsExactly(tuple("NOT_FRAMED", 3L, 3L, 0L), tuple("FOLD_FAILED", 2L, 2L, 2L));
    assertThat(groups).allSatisfy(group -> assertThat(group.first()).isBeforeOrEqualTo(group.last()));
    var folds = Filter.ofFingerprint(groups.getLast().fingerprint());
    assertThat(letters.groups(folds)).containsExactly(groups.getLast());
    assertThat(letters.list(folds, Optional.empty(), 10).rows()).extracting(Letter::key, Letter::reason)
        .containsExactly(tuple("a", "FOLD_FAILED"), tuple("a", "FOLLOWS"), tuple("a", "FOLLOWS"),
            tuple("b", "FOLD_FAILED"));
  }

  @Test
  void a_parked_record_is_shown_with_its_schema_where_it_failed_its_envelope_and_its_bytes() {
    place("a", -1);
    stage.append("b", "no event\0".getBytes(UTF_8));
    caughtUp();

    var shown = letters.show(Filter.ALL, 10);

    assertThat(shown.getFirst().letter().schemaId()).isPresent();
    assertThat(shown.getFirst().stack()).contains("java.lang.IllegalArgumentException: cannot fold number -1",
        "at dev.millrace.view.Mendable.fold(Mendable.java:");
    assertThat(shown.getFirst().envelope()).containsEntry("source", "/tests")
        .containsEntry("type", "test.shop.Placed");
    assertThat(shown.getLast().letter().schemaId()).isEmpty();
    assertThat(UTF_8.decode(shown.getLast().payload()).toString()).isEqualTo("no event\0");
  }

  @Test
  void a_list_is_read_page_by_page_in_order() {
    place("a", -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    place("b", -1, 2);
    caughtUp();

    var paged = new ArrayList<Letter>();
    Optional<String> next = Optional.empty();
    do {
      var page = letters.list(Filter.ALL, next, 3);
      assertThat(page.rows()).hasSizeBetween(1, 3);
      paged.addAll(page.rows());
      next = page.next();
    } while (next.isPresent());

    assertThat(paged).hasSize(14).isEqualTo(letters.list(Filter.ALL, Optional.empty(), 100).rows());
    var cursor = letters.list(Filter.ALL, Optional.empty(), 3).next();
    assertThatThrownBy(() -> letters.list(Filter.ofKey("a"), cursor, 3)).hasMessageContaining("page cursor");
  }

  @Test
  void a_dry_run_tells_what_would_go_through_and_changes_nothing() {
    place("a", -1, 2, 3);
    place("b", -1, -2, 3, 4);
    caughtUp();
    view.broken = placed -> placed.number() == -2;
    var before = List.of(stage.parked(), stage.rows(view.trails), counts());

    var told = letters.redrive(Redrive.of(Filter.ALL).asDryRun());
    var dropped = letters.discard(Redrive.of(Filter.ofKey("b")).asDryRun(), "ada", "a test");

    assertThat(told.queues()).extracting(Queue::key, Queue::redriven, Queue::parked)
        .containsExactly(tuple("a", 3L, 0L), tuple("b", 1L, 3L));
    assertThat(told.queues().getLast().failure().orElseThrow().reason()).isEqualTo("FOLD_FAILED");
    assertThat(dropped.queues()).extracting(Queue::discarded, Queue::redriven, Queue::parked)
        .containsExactly(tuple(1L, 0L, 3L));
    assertThat(List.of(stage.parked(), stage.rows(view.trails), counts())).isEqualTo(before);
    assertThat(letters.discarded(Filter.ALL, 10)).isEmpty();
  }

  private List<String> counts() {
    return stage.strings(
        "SELECT sum(events) || ' ' || sum(rows) || ' ' || sum(parked) FROM millrace.checkpoint");
  }

  @Test
  void a_discarded_record_is_kept_with_who_and_why_and_what_waited_for_it_follows() {
    place("a", 1, -2, 3, -4, 5);
    place("b", -1, 2);
    var runner = caughtUp();

    var done = letters.discard(Redrive.of(Filter.ofKey("a")), "ada", "sent twice");

    assertThat(done.queues()).extracting(Queue::key, Queue::discarded, Queue::redriven, Queue::parked)
        .containsExactly(tuple("a", 1L, 1L, 2L));
    assertThat(stage.rows(view.trails)).containsExactly(trail("a", 1, 3));
    assertThat(reasons()).containsExactlyInAnyOrder("a FOLD_FAILED", "a FOLLOWS", "b FOLD_FAILED",
        "b FOLLOWS");

    letters.discard(Redrive.of(Filter.ofFingerprint(letters.groups(Filter.ALL).getFirst().fingerprint())),
        "bob",
        "of the old shop");
    place("a", 6);
    place("b", 3);
    stage.caughtUp(runner);

    assertThat(stage.rows(view.trails)).containsExactly(trail("a", 1, 3, 5, 6), trail("b", 2, 3));
    assertThat(letters.discarded(Filter.ALL, 10)).extracting(one -> one.letter().key(), one -> one.by(),
        one -> one.because()).containsExactlyInAnyOrder(tuple("a", "ada", "sent twice"),
            tuple("a", "bob", "of the old shop"), tuple("b", "bob", "of the old shop"));
    assertThat(runner.status()).returns(0L, ViewStatus::parked).returns(6L, ViewStatus::events);
    assertThatThrownBy(() -> letters.discard(Redrive.of(Filter.ALL), "ada", " "))
        .hasMessageContaining("reason");
  }

  @Test
  void a_record_without_a_key_is_a_queue_of_its_own() {
    stage.append("", "no event".getBytes(UTF_8));
    stage.append("", "no event either".getBytes(UTF_8));
    caughtUp();
    assertThat(letters.redrive(Redrive.of(Filter.ALL)).queues()).hasSize(2)
        .allSatisfy(queue -> assertThat(queue.failure()).isPresent());

    var done = letters.discard(Redrive.of(Filter.ALL), "ada", "no events");

    assertThat(done.queues()).extracting(Queue::discarded).containsExactly(1L, 1L);
    assertThat(stage.parked()).isEmpty();
  }

  @Test
  void a_long_queue_that_was_cut_off_goes_on_where_it_ended() {
    var numbers = IntStream.range(0, 1_300).mapToLong(i -> i == 0 ? -1 : i).toArray();
    for (long number : numbers)
      stage.append(stage.shop.placed(), Stage.placed("a", "Norway", "1", number));
    caughtUp();
    view.mend();
    var commits = new AtomicInteger();
    var database = new FaultyDatabase(stage.database);
    database.beforeCommit = () -> {
      // The first three read what there is; the next two are 500 records each.
      if (commits.incrementAndGet() == 5)
        throw new SQLException("injected", "08006");
    };

    var begun = letters().database(database.dataSource()).build().redrive(Redrive.of(Filter.ALL));

    assertThat(begun.next()).isPresent();
    assertThat(stage.strings("SELECT reason FROM millrace.parked WHERE reason <> 'FOLLOWS'"))
        .containsExactly("CUT_OFF");
    assertThat(stage.parked()).hasSize(800);
    assertThat(letters.discard(Redrive.of(Filter.ALL), "ada", "to see").queues())
        .extracting(Queue::discarded, Queue::redriven).containsExactly(tuple(0L, 800L));
    assertThat(stage.rows(view.trails)).containsExactly(trail("a", numbers));
  }

  @Test
  void a_redrive_of_a_fingerprint_in_many_short_times_comes_to_its_end() {
    var numbers = IntStream.range(0, 400).mapToLong(i -> i == 0 ? -1 : i).toArray();
    for (var order : List.of("a", "b", "c")) {
      for (long number : numbers)
        stage.append(stage.shop.placed(), Stage.placed(order, "Norway", "1", number));
    }
    caughtUp();
    view.mend();
    var redrive = Redrive.of(Filter.ofFingerprint(letters.groups(Filter.ALL).getFirst().fingerprint()))
        .atRate(4_000).forAtMost(Duration.ofMillis(60));
    long begun = System.nanoTime();

    var reports = new ArrayList<Redriven>();
    do
      reports
          .add(letters.redrive(reports.isEmpty() ? redrive : redrive.after(reports.getLast().next().get())));
    while (reports.getLast().next().isPresent());

    assertThat(reports).hasSizeGreaterThan(2);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(150));
    assertThat(reports.stream().flatMap(report -> report.queues().stream()).mapToLong(Queue::redriven).sum())
        .isEqualTo(1_200);
    assertThat(stage.rows(view.trails))
        .containsExactly(trail("a", numbers), trail("b", numbers), trail("c", numbers));
    assertThat(stage.parked()).isEmpty();
  }

  @Test
  void a_value_that_the_database_refuses_parks_its_own_event_alone() {
    place("a", -1, 2, 3, 4);
    caughtUp();
    view.mend();
    Transaction.run(stage.database, "a trigger", connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute("""
            CREATE FUNCTION views.refuse() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'no third' USING ERRCODE = '22023'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON views.order_trails_g1 FOR EACH ROW
              WHEN (NEW.events > 2) EXECUTE FUNCTION views.refuse();
            """);
      }
    });
    var done = letters.redrive(Redrive.of(Filter.ALL));

    assertThat(done.queues()).extracting(Queue::redriven, Queue::parked).containsExactly(tuple(2L, 2L));
    assertThat(done.queues().getFirst().failure().orElseThrow().reason()).isEqualTo("REFUSED_BY_DATABASE");
    assertThat(stage.rows(view.trails)).containsExactly(trail("a", -1, 2));
    assertThat(reasons()).containsExactly("a REFUSED_BY_DATABASE", "a FOLLOWS");
  }

  @Test
  void a_rebuild_meets_the_same_poison_the_same_way_and_its_generation_is_redriven_on_its_own() {
    place("a", 1, -2, 3);
    place("b", 1);
    caughtUp();
    var poison = letters.groups(Filter.ALL);
    try (var rebuild = Rebuild.of(view.trails).log(stage.log).codec(stage.codec).database(stage.database)
        .start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      var rebuilt = letters().generation(2).build();
      assertThat(rebuilt.groups(Filter.ALL)).extracting(Group::fingerprint, Group::records, Group::waiting)
          .containsExactly(tuple(poison.getFirst().fingerprint(), 1L, 1L));
      assertThat(rebuild.compare().same()).isTrue();
      view.mend();

      rebuilt.redrive(Redrive.of(Filter.ALL));
      place("a", 4);
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      var a = trail("a", 1, -2, 3, 4);
      assertThat(stage.strings("SELECT events || ' ' || trail FROM views.order_trails_g2 ORDER BY \"order\""))
          .containsExactly(a.events() + " " + a.trail(), "1 " + trail("b", 1).trail());
      assertThat(stage.strings("SELECT generation || reason FROM millrace.parked WHERE generation = 2"))
          .isEmpty();
      assertThat(stage.strings("SELECT reason FROM millrace.parked WHERE generation = 1"))
          .hasSizeGreaterThan(1);
    }
  }

  @Test
  void a_view_that_parks_too_many_keys_stops_and_writes_nothing_of_that_batch() {
    var limit = new ParkingLimit(2, Duration.ofHours(1));
    place("a", -1, -2, 3);
    place("b", -1);
    var runner = stage.run(stage.runner(view.trails).parkAtMost(limit));
    stage.caughtUp(runner);
    for (var order : List.of("c", "d", "e"))
      stage.append(stage.shop.placed(), Stage.placed(order, "Norway", "1", -7));
    stage.flush();

    eventually().untilAsserted(() -> assertThat(runner.health().state()).isEqualTo(ViewStatus.State.FAILED));

    assertThat(runner.health().message()).contains("order-trails", "more than 2", "cannot fold number",
        letters.groups(Filter.ALL).getFirst().fingerprint(), "millrace dead-letters list order-trails");
    assertThat(reasons()).containsExactlyInAnyOrder("a FOLD_FAILED", "a FOLLOWS", "a FOLLOWS",
        "b FOLD_FAILED");
    assertThat(runner.status().events()).isZero();
    view.mend();
    stage.caughtUp(stage.run(stage.runner(view.trails).parkAtMost(limit)));
    assertThat(stage.rows(view.trails)).extracting(OrderTrail::order).containsExactly("c", "d", "e");
  }

  @Test
  void a_rebuild_may_park_what_the_live_generation_has_and_stops_at_too_much_else() {
    for (var order : List.of("a", "b", "c"))
      place(order, -1, 2);
    place("d", 4);
    place("e", 4);
    caughtUp();
    var rebuild = Rebuild.of(view.trails).log(stage.log).codec(stage.codec).database(stage.database)
        .parkAtMost(new ParkingLimit(1, Duration.ofHours(1)));
    try (var same = rebuild.start()) {
      same.awaitCaughtUp(Stage.DEADLINE);
    }
    view.broken = placed -> placed.number() == 4;

    try (var worse = rebuild.anew().start()) {
      assertThatThrownBy(() -> worse.awaitCaughtUp(Stage.DEADLINE))
          .hasMessageContaining("more than 1");
      assertThat(worse.status().state()).isEqualTo(ViewStatus.State.FAILED);
    }
    assertThat(stage.strings("SELECT DISTINCT generation FROM millrace.parked ORDER BY 1")).containsExactly(
        "1",
        "2");
  }

  @Test
  void what_is_not_there_is_told() {
    assertThatThrownBy(() -> letters.groups(Filter.ALL)).hasMessageContaining("no view order-trails");
    place("a", -1);
    caughtUp();

    assertThatThrownBy(() -> letters().generation(9).build().groups(Filter.ALL))
        .hasMessageContaining("no generation 9");
    var changed = Projection.named("order-trails")
        .of(OrderTrail.class, (String order) -> new OrderTrail(order, "", 0, 7))
        .on(stage.shop.placed(), Placed::order, OrderTrail::then).version(2).build();
    assertThatThrownBy(() -> DeadLetters.of(changed).codec(stage.codec).database(stage.database).build()
        .redrive(Redrive.of(Filter.ALL))).hasMessageContaining("rebuild the view");
    assertThat(letters.redrive(Redrive.of(Filter.ofKey("none"))).queues()).isEmpty();
  }
}
