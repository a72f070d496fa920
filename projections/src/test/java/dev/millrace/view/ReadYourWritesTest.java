package dev.millrace.view;

import static dev.millrace.view.AtLeast.atLeast;
import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogEntry;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import dev.millrace.schema.Envelope;
import dev.millrace.view.Shop.OrderTrail;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@Tag("every-log")
@OnTestedLog
class ReadYourWritesTest {
  private final Stage stage = new Stage(2);
  private final Projection<OrderTrail> trails = stage.shop.orderTrails();
  private final ReadModel<OrderTrail> model = ReadModel.of(trails, stage.database);

  @AfterEach
  void close() {
    stage.close();
  }

  private Receipt place(String order, long number) {
    return place(order, number, UUID.randomUUID().toString());
  }

  private Receipt place(String order, long number, String id) {
    return append(stage.stream, order, number,
        Envelope.of(id, "/tests", "test.shop.Placed", Instant.now(), order));
  }

  private Receipt append(StreamName stream, String order, long number, Envelope envelope) {
    var placed = Stage.placed(order, "Norway", "1", number);
    try (var writer = stage.log.writer()) {
      return writer.append(
          new LogEntry(stream, order, envelope, stage.codec.encode(stage.shop.placed(), placed))).join();
    }
  }

  /** A runner whose view is there. */
  private Runner keep() {
    var runner = stage.run(stage.runner(trails));
    eventually().untilAsserted(() -> assertThat(model.get("none")).isEmpty());
    return runner;
  }

  private static ViewException thrownBy(Supplier<?> question) {
    try {
      throw new AssertionError("nothing was thrown, and the answer was " + question.get());
    } catch (ViewException e) {
      return e;
    }
  }

  @Test
  void each_write_is_in_the_answer_that_is_asked_to_have_it() {
    keep();
    keep();

    for (int i = 1; i <= 10; i++) {
      for (var order : new String[]{"1", "2", "3"}) {
        var receipt = place(order, i);

        var row = model.get(order, atLeast(receipt).within(Stage.DEADLINE));

        assertThat(row.orElseThrow().events()).as("%s of %s", i, order).isEqualTo(i);
      }
    }
  }

  @Test
  void who_waits_is_answered_when_the_view_comes_by() throws Exception {
    var first = place("1", 1);
    var runner = keep();
    assertThat(model.get("1", atLeast(first).within(Stage.DEADLINE))).isPresent();
    runner.close();
    var second = place("1", 2);

    var waiting = CompletableFuture.supplyAsync(() -> model.get("1", atLeast(second).within(Stage.DEADLINE)));
    assertThat(thrownBy(() -> model.get("1", atLeast(second).within(Duration.ofMillis(50)))).code())
        .isEqualTo(ViewException.Code.TIMED_OUT);
    assertThat(waiting).isNotDone();
    keep();

    assertThat(waiting.get().orElseThrow().events()).isEqualTo(2);
  }

  @Test
  void who_waits_in_vain_is_told_how_far_the_view_is() {
    var first = place("1", 1);
    var runner = keep();
    assertThat(model.get("1", atLeast(first).within(Stage.DEADLINE))).isPresent();
    stage.caughtUp(runner);
    runner.close();
    var second = place("1", 2);

    var late = thrownBy(() -> model.query(Query.all(), atLeast(first, second).within(Duration.ZERO)));

    assertThat(late.code()).isEqualTo(ViewException.Code.TIMED_OUT);
    assertThat(late).hasMessageContaining(second.partition() + ", where " + second.position())
        .hasMessageContaining("is reached");
    assertThat(model.get("1", atLeast(first).within(Duration.ZERO)).orElseThrow().events()).isEqualTo(1);
    var other = new WriteToken.Place(new Partition(stage.stream, "no-such"), Position.of("1"), "any",
        Instant.EPOCH);
    assertThat(thrownBy(() -> model.get("1", atLeast(other).within(Duration.ZERO))))
        .hasMessageContaining("nothing is read yet");
  }

  @Test
  void a_stream_that_the_view_does_not_read_is_an_error_that_says_so() {
    var token = new WriteToken.Place(new Partition(StreamName.of("other"), "0"), Position.of("1"), "any",
        Instant.EPOCH);

    var error = thrownBy(() -> model.get("1", atLeast(token).within(Stage.DEADLINE)));

    assertThat(error.code()).isEqualTo(ViewException.Code.INVALID_TOKEN);
    assertThat(error).hasMessageContaining("order-trails reads " + stage.stream + ", and not other");
  }

  @Test
  void a_write_to_a_stream_from_which_the_view_s_is_made_is_waited_for_in_what_is_made_of_it()
      throws Exception {
    var source = StreamName.of(stage.stream + "-source");
    stage.log.create(source, 1);
    var withLog = ReadModel.of(trails, stage.database, stage.log);
    var runner = keep();
    place("1", 1);
    stage.caughtUp(runner);
    var cause = Envelope.of("cause-1", "/tests", "test.shop.Placed", Instant.now(), "7");
    var written = append(source, "7", 1, cause);

    assertThat(thrownBy(() -> withLog.get("1", atLeast(written).within(Duration.ofMillis(200)))))
        .hasMessageContaining(
            "nothing that event cause-1 of " + source + " has caused was seen in " + stage.stream)
        .extracting(ViewException::code).isEqualTo(ViewException.Code.TIMED_OUT);
    var waiting = CompletableFuture
        .supplyAsync(() -> withLog.get("1", atLeast(written).within(Stage.DEADLINE)));
    place("1", 2);
    var derived = Envelope.of("derived-1", "/app", "test.shop.Placed", Instant.now(), "1").causedBy(cause);
    append(stage.stream, "1", 3, derived);

    assertThat(waiting.get().orElseThrow().events()).isEqualTo(3);
    var coming = new WriteToken.Coming(source, "cause-1", written.since());
    assertThat(withLog.get("1", atLeast(coming).within(Stage.DEADLINE)).orElseThrow().events()).isEqualTo(3);
    assertThat(thrownBy(() -> model.get("1", atLeast(written))).code())
        .isEqualTo(ViewException.Code.INVALID_TOKEN);
  }

  @Test
  void an_event_that_is_still_on_its_way_is_waited_for_in_the_log_and_then_in_the_view() throws Exception {
    var withLog = ReadModel.of(trails, stage.database, stage.log);
    stage.append("foreign", new byte[0]);
    var runner = keep();
    stage.caughtUp(runner);
    var coming = new WriteToken.Coming(stage.stream, "coming-1", Instant.now());

    assertThat(thrownBy(() -> withLog.get("1", atLeast(coming).within(Duration.ofMillis(200)))))
        .hasMessageContaining("event coming-1 was not seen in " + stage.stream);
    var waiting = CompletableFuture
        .supplyAsync(() -> withLog.get("1", atLeast(coming).within(Stage.DEADLINE)));
    place("1", 1);
    place("1", 2, "coming-1");
    place("2", 1);

    assertThat(waiting.get().orElseThrow().events()).isEqualTo(2);
    runner.close();
    var next = new WriteToken.Coming(stage.stream, "coming-2", Instant.now());
    place("1", 3, "coming-2");
    eventually().untilAsserted(() -> assertThat(thrownBy(() -> withLog.get("1", atLeast(next))))
        .hasMessageContaining("is asked for"));
    assertThat(thrownBy(() -> model.get("1", atLeast(coming))).code())
        .isEqualTo(ViewException.Code.INVALID_TOKEN);
  }

  @Test
  void a_partition_that_the_log_has_no_more_counts_as_read_by_a_generation_that_never_saw_it() {
    var first = place("1", 1);
    keep();
    var before = first.partition().id().replaceFirst(".$", "-"); // as long, and sorted before all that are there
    var gone = new WriteToken.Place(new Partition(stage.stream, before), Position.of("1"), "any",
        Instant.EPOCH);

    var withLog = ReadModel.of(trails, stage.database, stage.log);
    assertThat(withLog.get("1", atLeast(gone, first.token()).within(Stage.DEADLINE))).isPresent();
    assertThat(withLog.get("1", atLeast(gone).within(Duration.ZERO))).isPresent();
    assertThat(thrownBy(() -> model.get("1", atLeast(gone).within(Duration.ZERO))))
        .hasMessageContaining("nothing is read yet");
  }

  @Test
  void a_view_that_was_never_built_is_named() {
    assertThatThrownBy(() -> model.get("1", atLeast(place("1", 1)))).hasMessageContaining("order-trails")
        .extracting(e -> ((ViewException) e).code()).isEqualTo(ViewException.Code.UNKNOWN_VIEW);
  }

  @Test
  void the_answer_is_of_the_generation_whose_checkpoint_was_asked() {
    var first = place("1", 1);
    var old = keep();
    assertThat(model.get("1", atLeast(first).within(Stage.DEADLINE))).isPresent();
    var second = new ArrayList<Receipt>();
    try (var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
        .start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      rebuild.promote();
      old.close();
      second.add(place("1", 2));
      assertThat(model.get("1", atLeast(second.getFirst()).within(Stage.DEADLINE)).orElseThrow().events())
          .isEqualTo(2);
    }
    var reads = new AtomicInteger();
    var fresh = new FreshAnswer(trails, new LiveCheckpoint(trails, stage.database), Optional.empty());

    // Between the look at the checkpoint and the reading of the row, the old generation comes back, which lacks the write.
    var late = thrownBy(() -> fresh.answer(atLeast(second.getFirst()).within(Duration.ZERO), () -> {
      if (reads.getAndIncrement() == 0)
        new Generations(trails, stage.log, stage.database).rollbackInTime();
      return model.get("1");
    }));

    assertThat(late.code()).isEqualTo(ViewException.Code.TIMED_OUT);
    assertThat(reads).hasValue(1);
  }

  @Test
  @EnabledIfSystemProperty(named = "millrace.log", matches = "kinesis", disabledReason = "Kafka's partitions stay")
  void a_shard_that_was_read_to_its_end_is_past_what_is_in_it() {
    var first = place("1", 1);
    var runner = keep();
    assertThat(model.get("1", atLeast(first).within(Stage.DEADLINE))).isPresent();
    try (var shards = new Resharding(stage.stream)) {
      shards.splitAll();
    }
    var second = place("1", 2);

    assertThat(second.partition()).isNotEqualTo(first.partition());
    assertThat(model.get("1", atLeast(first, second).within(Stage.DEADLINE)).orElseThrow().events())
        .isEqualTo(2);
    runner.close();
    try (var rebuild = Rebuild.of(trails).log(stage.log).codec(stage.codec).database(stage.database)
        .start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      new Generations(trails, stage.log, stage.database).promoteUnverified(rebuild.generation());
      assertThat(model.get("1", atLeast(first, second).within(Stage.DEADLINE)).orElseThrow().events())
          .isEqualTo(2);
    }
  }
}
