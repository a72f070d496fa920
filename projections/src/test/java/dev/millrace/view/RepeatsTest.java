package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.test.LostResponses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Views of a log that really holds events twice: a Kinesis whose responses are lost. */
@Tag("every-log")
@OnTestedLog
class RepeatsTest {
  private final LostResponses responses = new LostResponses(new Random(17));
  private final Stage stage = new Stage(
      database -> KinesisLog.at(TestedLog.kinesis(database, responses).maxCallRecords(20).build()), 2);
  private final Projection<Shop.OrderTrail> trails = stage.shop.orderTrails();

  @AfterEach
  void close() {
    responses.resume();
    stage.close();
  }

  @Test
  void each_event_changes_a_view_and_its_rebuild_once() {
    var history = new History(new Random(23), 800, 200, 5);
    responses.lose(20);
    var runners = List.of(stage.run(stage.runner(trails)),
        stage.run(stage.runner(stage.shop.countryTotals())),
        stage.run(stage.runner(trails)));
    history.events.forEach(placed -> stage.append(stage.shop.placed(), placed));
    stage.flush();
    runners.forEach(stage::caughtUp);

    assertThat(responses.lost()).isPositive();
    assertThat(records()).hasSizeGreaterThan(history.events.size());
    history.isIn(stage);
    assertThat(runners.getFirst().status().events()).isEqualTo(history.events.size());
    assertRebuiltTheSame();
  }

  private void assertRebuiltTheSame() {
    try (var rebuild = rebuild()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.progress().inOrder()).isEmpty();
      assertThat(rebuild.compare().different()).as("%s", rebuild.compare()).isZero();
    }
  }

  private Rebuild rebuild() {
    return Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database).start();
  }

  @Test
  void a_rebuild_has_folded_the_first_of_the_two_when_the_second_comes() {
    var live = stage.run(stage.runner(trails));
    place(live, 1, 30);
    try (var rebuild = rebuild()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThat(rebuild.status().events()).isEqualTo(30);

      responses.resume();
      stage.caughtUp(live);
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.promote();

      assertThat(records()).hasSizeGreaterThanOrEqualTo(60);
      assertThat(stage.rows(trails)).hasSize(30).allMatch(row -> row.events() == 1);
    }
  }

  @Test
  void the_runner_is_killed_between_the_two() {
    var database = new FaultyDatabase(stage.database);
    var first = stage.run(stage.runner(trails).database(database.dataSource()));
    place(first, 1, 30);
    database.cut();
    first.close();

    responses.resume();
    var second = stage.run(stage.runner(trails));
    stage.caughtUp(second);

    assertThat(records()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(stage.rows(trails)).hasSize(30).allMatch(row -> row.events() == 1);
    assertThat(second.status().events()).isEqualTo(30);
  }

  @Test
  void the_shards_are_split_and_merged_between_the_two() {
    var runner = stage.run(stage.runner(trails));
    place(runner, 1, 30);
    var before = Set.copyOf(stage.log.partitions(stage.stream));
    try (var shards = new Resharding(stage.stream)) {
      shards.splitAll();
      shards.splitAll();
      shards.mergePairs();
    }

    responses.resume();
    stage.caughtUp(runner);

    var last = new HashMap<String, LogRecord>();
    records().forEach(record -> last.put(record.envelope().id(), record));
    assertThat(last.values()).hasSize(30).extracting(LogRecord::partition)
        .doesNotContainAnyElementsOf(before);
    assertThat(stage.rows(trails)).hasSize(30).allMatch(row -> row.events() == 1);
    assertRebuiltTheSame();
    runner.close();
    stage.place(Stage.placed("31", "Norway", "1", 1));
    var next = stage.run(stage.runner(trails));
    stage.caughtUp(next);
    assertThat(stage.rows(trails)).hasSize(31).allMatch(row -> row.events() == 1);
  }

  /** Places orders whose first copies the runner has folded when this returns, and whose second are not written yet. */
  private void place(Runner runner, int from, int to) {
    eventually().untilAsserted(() -> assertThat(owned()).isEqualTo(2));
    responses.takeOnceThenFail();
    IntStream.rangeClosed(from, to)
        .forEach(i -> stage.append(stage.shop.placed(), Stage.placed("" + i, "Norway", "1", i)));
    eventually().untilAsserted(() -> assertThat(runner.status().events()).isEqualTo(to - from + 1));
  }

  private int owned() {
    return stage.strings("SELECT 1 FROM millrace.checkpoint").size();
  }

  /** All that the log holds, parents before children. */
  private List<LogRecord> records() {
    var end = stage.log.end(Set.of(stage.stream));
    var records = new ArrayList<LogRecord>();
    try (var reader = stage.log.reader(Set.of(stage.stream), Cursor.start())) {
      while (!reader.cursor().hasReached(end))
        records.addAll(reader.poll(Duration.ofMillis(200)).records());
    }
    return records;
  }
}
