package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaException;
import dev.millrace.schema.SchemaRegistry;

class PublisherTest {
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00.123456789Z");
  private static final EventCodec CODEC = EventCodec.of(SchemaRegistry.inMemory());
  /** A limit for what hangs. */
  private static final Duration LONG = Duration.ofMinutes(3);
  private static EventLog log;

  @BeforeAll
  static void startLog() {
    log = KafkaLog.at(KafkaLogConfig.of(SharedServers.kafka().bootstrapServers()));
    log.create(StreamName.of(Said.STREAM), 3);
  }

  @AfterAll
  static void stopLog() {
    log.close();
  }

  @Test
  void a_receipt_says_where_the_event_is() throws Exception {
    try (var publisher = publisher().clock(Clock.fixed(NOW, ZoneOffset.UTC)).build()) {
      var receipt = publisher.publish(Said.by("receipt", 1)).get();

      var record = Records.of(log, "receipt", 1).getFirst();

      assertThat(record.partition()).isEqualTo(receipt.partition());
      assertThat(record.position()).isEqualTo(receipt.position());
      assertThat(record.envelope())
          .isEqualTo(Envelope.of(receipt.eventId(), "/test", "test.Said", NOW, "receipt"));
      assertThat(CODEC.decoder(List.of(Said.TYPE)).decode(record.payload())).contains(Said.by("receipt", 1));
    }
  }

  @Test
  void events_of_one_key_are_read_in_the_order_of_the_calls() {
    int threads = 4;
    int each = 3_000;
    try (var publisher = publisher().maxInFlight(500).build();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < threads; thread++) {
        var who = "order-" + thread;
        var _ = executor.submit(() -> {
          for (int i = 0; i < each; i++) {
            var _ = publisher.publish(Said.by(who, i));
          }
        });
      }
    }

    for (int thread = 0; thread < threads; thread++) {
      assertThat(Records.numbers(CODEC, log, "order-" + thread, each))
          .containsExactlyElementsOf(LongStream.range(0, each).boxed().toList());
    }
  }

  @Test
  void an_event_that_does_not_fit_is_refused_with_its_path_and_disturbs_no_other() {
    try (var publisher = publisher().maxInFlight(2).build()) {
      var _ = publisher.publish(Said.by("misfit", 1));
      for (int i = 0; i < 5; i++) {
        var refused = publisher.publish(Said.misfit("misfit"));
        assertThat(refused).isCompletedExceptionally();
        assertThat(refused.exceptionNow()).isInstanceOfSatisfying(SchemaException.class,
            e -> assertThat(e.code()).isEqualTo(SchemaException.Code.MISFIT)).hasMessageContaining("text");
      }
      var _ = publisher.publish(Said.by("misfit", 2));
    }

    assertThat(Records.numbers(CODEC, log, "misfit", 2)).containsExactly(1L, 2L);
  }

  @Test
  void an_event_that_the_log_refuses_leaves_its_room_to_the_next() throws Exception {
    var publisher = publisher().maxInFlight(1).build();

    for (int i = 0; i < 3; i++) {
      assertThat(publisher.publish(new Said("refused", i, "x".repeat(2_000_000)))).failsWithin(LONG)
          .withThrowableThat().withCauseInstanceOf(LogException.class);
    }
    publisher.publish(Said.by("refused", 3)).get();
    publisher.close();

    assertThat(Records.numbers(CODEC, log, "refused", 1)).containsExactly(3L);
  }

  @Test
  void the_caller_labels_the_envelope() throws Exception {
    var cause = Envelope.of("cause-1", "/other", "test.Other", NOW, "x");
    try (var publisher = publisher().build()) {
      var receipt = publisher
          .publish(Said.by("labelled", 1), envelope -> envelope.withId("my-id").withTime(NOW).causedBy(cause))
          .get();

      assertThat(receipt.eventId()).isEqualTo("my-id");
      assertThat(Records.of(log, "labelled", 1).getFirst().envelope()).isEqualTo(
          Envelope.of("my-id", "/test", "test.Said", NOW, "labelled").causedBy(cause));
    }
  }

  @Test
  void an_envelope_of_another_key_is_refused() {
    try (var publisher = publisher().build()) {
      var refused = publisher.publish(Said.by("mine", 1),
          envelope -> Envelope.of("1", "/test", envelope.type(), NOW, "yours"));

      assertThat(refused.exceptionNow()).isInstanceOfSatisfying(PublishException.class,
          e -> assertThat(e.code()).isEqualTo(Code.MISLABELLED)).hasMessageContaining("yours");
    }
  }

  @Test
  void an_older_version_can_be_written() {
    try (var publisher = publisher().writing(Said.TYPE.at(1)).build()) {
      var _ = publisher.publish(Said.by("old", 1));
    }

    var payload = Records.of(log, "old", 1).getFirst().payload();

    assertThat(CODEC.decodeAny(payload).fields()).doesNotContainKey("text");
    assertThat(CODEC.decoder(List.of(Said.TYPE)).decode(payload)).contains(new Said("old", 1, ""));
  }

  @Test
  void after_a_flush_every_receipt_is_there() {
    try (var publisher = publisher().build()) {
      var receipts = LongStream.range(0, 500).mapToObj(i -> publisher.publish(Said.by("flush", i))).toList();

      publisher.flush();

      assertThat(receipts).allMatch(CompletableFuture::isDone)
          .noneMatch(CompletableFuture::isCompletedExceptionally);
    }
  }

  @Test
  void close_loses_nothing_of_calls_that_run_at_the_same_time() {
    var receipts = new ConcurrentLinkedQueue<CompletableFuture<Receipt>>();
    var publisher = publisher().maxInFlight(64).build();

    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < 4; thread++) {
        var who = "close-" + thread;
        var _ = executor.submit(() -> LongStream.iterate(0, i -> i + 1).forEach(
            i -> receipts.add(publisher.publish(Said.by(who, i)))));
      }
      try {
        await("calls run").until(() -> receipts.size() >= 1_000);
      } finally {
        // Ends every thread: its next call is refused.
        publisher.close();
      }
    }

    assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
    assertThatIllegalStateException().isThrownBy(() -> publisher.publish(Said.by("late", 1)));
    publisher.close();
  }

  @Test
  void a_publisher_says_who_it_is() {
    assertThatIllegalArgumentException().isThrownBy(() -> Publisher.builder(log.writer(), CODEC).build())
        .withMessageContaining("source");
  }

  private static Publisher.Builder publisher() {
    return Publisher.builder(log.writer(), CODEC).source("/test").timeout(LONG);
  }
}
