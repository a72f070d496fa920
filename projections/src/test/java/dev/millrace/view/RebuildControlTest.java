package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.view.RebuildProgress.Phase;
import dev.millrace.view.Shop.OrderTrail;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rebuild is one at a time, and is paused, slowed down, given up and gone on with. */
@OnTestedLog
@Order(6)
class RebuildControlTest {
  private static final int EVENTS = 1_500;

  private final Stage stage = new Stage(TestedLog.CHOSEN::openFrugal, 3);
  private final Projection<OrderTrail> trails = stage.shop.orderTrails();

  @TempDir
  private Path folder;

  @BeforeEach
  void fill() {
    new History(new Random(11), EVENTS, 100, 5).events
        .forEach(placed -> stage.append(stage.shop.placed(), placed));
    stage.caughtUp(stage.run(stage.runner(trails)));
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Rebuild.Builder rebuild() {
    return Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database).folder(folder);
  }

  @Test
  void a_second_rebuild_of_a_view_is_refused_until_the_first_is_closed() {
    try (var first = rebuild().start()) {
      assertThatThrownBy(() -> rebuild().anew().start())
          .hasMessageContaining("another rebuild of order-trails");
      first.awaitCaughtUp(Stage.DEADLINE);
      assertThatThrownBy(() -> rebuild().start()).hasMessageContaining("another rebuild of order-trails");
    }
    try (var second = rebuild().anew().start()) {
      assertThat(second.generation()).isEqualTo(3);
    }
  }

  @Test
  void a_paused_rebuild_reads_nothing_and_goes_on_when_told_to() {
    try (var rebuild = rebuild().start()) {
      rebuild.pause();
      assertThat(rebuild.progress().paused()).isTrue();
      assertThatThrownBy(() -> rebuild.awaitCaughtUp(Duration.ofMillis(300)))
          .hasMessageContaining("records to read");
      rebuild.throttle(OptionalLong.of(1_000_000));
      rebuild.resume();
      rebuild.awaitCaughtUp(Stage.DEADLINE);

      assertThat(rebuild.progress()).returns(false, RebuildProgress::paused).returns((long) EVENTS,
          RebuildProgress::records);
      assertThat(rebuild.progress().partitions().values()).extracting(RebuildProgress.Done::records)
          .allMatch(records -> records > 0);
      assertThat(rebuild.compare().same()).isTrue();
    }
  }

  @Test
  void a_throttle_is_kept_to_and_taken_off() {
    try (var rebuild = rebuild().start()) {
      rebuild.throttle(OptionalLong.of(1));
      assertThatThrownBy(() -> rebuild.awaitCaughtUp(Duration.ofMillis(300))).hasMessageContaining("FOLDING");
      rebuild.throttle(OptionalLong.empty());
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      assertThatThrownBy(() -> rebuild.throttle(OptionalLong.of(0))).hasMessageContaining("at least 1");
    }
  }

  @Test
  void one_that_is_closed_is_gone_on_with_from_what_it_had_written() {
    for (long memory : List.of(1L << 20, 1L)) {
      int generation;
      long before;
      try (var first = rebuild().memory(memory).saveEvery(Duration.ZERO).anew().throttle(100).start()) {
        generation = first.generation();
        eventually().untilAsserted(() -> assertThat(saved(generation)).isPositive());
        assertThatThrownBy(
            () -> new Generations(trails, stage.log, stage.database).promoteUnverified(generation))
            .hasMessageContaining("not filled yet");
      }
      before = saved(generation);
      assertThat(before).isLessThan(EVENTS);
      var unfinished = stage.run(stage.runner(trails).generation(generation));
      eventually().untilAsserted(() -> assertThat(unfinished.health().message()).contains("being filled"));

      try (var second = rebuild().memory(memory).start()) {
        second.awaitCaughtUp(Stage.DEADLINE);
        assertThat(second.generation()).isEqualTo(generation);
        assertThat(second.progress().records()).isEqualTo(EVENTS);
        assertThat(
            second.progress().partitions().values().stream().mapToLong(RebuildProgress.Done::records).sum())
            .isEqualTo(EVENTS - before);
        assertThat(second.compare().same()).isTrue();
        second.promote();
      }
    }
  }

  private long saved(int generation) {
    return Long.parseLong(stage.strings("SELECT coalesce((filling->>'records')::bigint, 0)::text"
        + " FROM millrace.generation WHERE generation = " + generation).getFirst());
  }

  @Test
  void what_a_rebuild_would_take_is_told_without_doing_it() {
    var plan = rebuild().plan();

    assertThat(plan.sampled()).isPositive().isLessThanOrEqualTo(EVENTS);
    assertThat(plan.rows()).isEqualTo(100);
    assertThat(plan.tableBytes()).isPositive();
    assertThat(plan.spills()).isFalse();
    assertThat(rebuild().memory(1).plan().spills()).isTrue();
    if (TestedLog.CHOSEN == TestedLog.KAFKA)
      assertThat(plan.records().orElseThrow()).isGreaterThanOrEqualTo(EVENTS);
    assertThat(stage.strings("SELECT generation FROM millrace.generation")).containsExactly("1");
  }

  @Test
  void what_is_cancelled_leaves_nothing() throws Exception {
    try (var rebuild = rebuild().memory(1).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.cancel();
    }
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    assertThat(stage.strings("SELECT table_name FROM information_schema.tables WHERE table_schema = 'views'"
        + " UNION ALL SELECT 'checkpoint' FROM millrace.checkpoint WHERE generation = 2")).doesNotContain(
            "order_trails_g2", "checkpoint");
    try (var next = rebuild().start()) {
      next.awaitCaughtUp(Stage.DEADLINE);
      assertThat(next.progress().phase()).isEqualTo(Phase.FOLLOWING);
    }
  }
}
