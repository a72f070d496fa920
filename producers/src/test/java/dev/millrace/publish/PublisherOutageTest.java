package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaRegistry;

/** A real broker that is away at the start, and goes away in the middle. */
class PublisherOutageTest {
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());

  @Test
  void what_is_published_while_the_broker_is_away_arrives_in_order(@TempDir Path folder) throws Exception {
    int port = prepare(folder);
    try (var log = KafkaLog.at(KafkaLogConfig.of("127.0.0.1:" + port));
        var publisher = Publisher.builder(log.writer(), codec).source("/test").maxInFlight(3)
            .timeout(Duration.ofMillis(300)).build();
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var early = executor.submit(() -> List.of(publisher.publish(Said.by("outage", 1)),
          publisher.publish(Said.by("outage", 2))));
      try (var _ = start(folder, port)) {
        acknowledged(early.get());
      }

      var during = List.of(publisher.publish(Said.by("outage", 3)), publisher.publish(Said.by("outage", 4)),
          publisher.publish(Said.by("outage", 5)));
      var refused = publisher.publish(Said.by("outage", 99));
      assertThat(refused).isCompletedExceptionally();
      assertThat(refused.exceptionNow()).isInstanceOfSatisfying(PublishException.class, e -> {
        assertThat(e.code()).isEqualTo(Code.NO_ROOM);
        assertThat(e.fault()).isEqualTo(Fault.EXTERNAL);
      }).hasMessageContaining("'outage'").hasMessageContaining("3 events are in flight");
      assertThat(during).noneMatch(CompletableFuture::isDone);

      Thread.currentThread().interrupt();
      var interrupted = publisher.publish(Said.by("outage", 98));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(interrupted.exceptionNow()).isInstanceOfSatisfying(PublishException.class,
          e -> assertThat(e.code()).isEqualTo(Code.INTERRUPTED));

      try (var _ = start(folder, port)) {
        acknowledged(during);
        acknowledged(List.of(publisher.publish(Said.by("outage", 6))));

        assertThat(Records.numbers(codec, log, "outage", 6)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      }
    }
  }

  @Test
  void close_waits_for_a_call_that_has_not_reached_the_broker_yet(@TempDir Path folder) throws Exception {
    int port = prepare(folder);
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    try (var log = KafkaLog.at(KafkaLogConfig.of("127.0.0.1:" + port))) {
      var publisher = Publisher.builder(log.writer(), codec).source("/test").maxInFlight(1)
          .timeout(Duration.ofMillis(10)).build();
      var one = published(publisher, 1, executor);
      var other = published(publisher, 2, executor);
      // One finds no room: the other has it, and waits for the broker.
      assertThat(CompletableFuture.anyOf(one, other)).failsWithin(Duration.ofMinutes(3)).withThrowableThat()
          .withCauseInstanceOf(PublishException.class);

      var closing = CompletableFuture.runAsync(publisher::close, executor);
      await("the publisher refuses calls").until(() -> !isOpen(publisher));
      try (var _ = start(folder, port)) {
        var _ = closing.get();

        assertThat(Stream.of(one, other)
            .map(call -> call.handle((_, failure) -> failure == null).join()))
            .containsExactlyInAnyOrder(true, false);
        assertThat(Records.numbers(codec, log, "closing", 1)).hasSize(1);
      }
    }
  }

  private static CompletableFuture<Receipt> published(Publisher publisher, long number, Executor executor) {
    return CompletableFuture.completedFuture(number)
        .thenComposeAsync(it -> publisher.publish(Said.by("closing", it)), executor);
  }

  private static boolean isOpen(Publisher publisher) {
    try {
      var _ = publisher.publish(Said.by("closing", 99));
      return true;
    } catch (IllegalStateException _) {
      return false;
    }
  }

  private static int prepare(Path folder) {
    try (var kafka = DevKafka.builder().dataDir(folder).start();
        var log = KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()))) {
      log.create(StreamName.of(Said.STREAM), 1);
      return kafka.port();
    }
  }

  private static DevKafka start(Path folder, int port) {
    return DevKafka.builder().dataDir(folder).port(port).start();
  }

  private static void acknowledged(List<CompletableFuture<Receipt>> receipts) throws Exception {
    for (var receipt : receipts) {
      receipt.get();
    }
  }
}
