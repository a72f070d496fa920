package dev.millrace.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogReader;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KafkaFailuresTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);

  private static KafkaLog log;

  @BeforeAll
  static void start() {
    log = KafkaLog.at(KafkaLogConfig.of(SharedServers.kafka().bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    log.close();
  }

  @Test
  void brokers_that_are_not_there_are_named_with_what_was_tried_and_for_how_long() throws IOException {
    var nowhere = "127.0.0.1:" + freePort();
    var config = KafkaLogConfig.builder().bootstrapServers(nowhere).requestTimeout(Duration.ofSeconds(1))
        .deliveryTimeout(Duration.ofSeconds(1).plusMillis(5)).build();

    try (var away = KafkaLog.at(config); var writer = away.writer()) {
      assertThatThrownBy(() -> away.create(StreamName.of("sales.orders"), 1))
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
            assertThat(e).hasMessageContaining(nowhere)
                .hasMessageContaining("creating the stream sales.orders")
                .hasMessageContaining("1 s").hasMessageContaining("Is it running");
          });
      assertThatThrownBy(writer.append(entry("sales.orders", "1"))::join).cause()
          .isInstanceOfSatisfying(LogException.class, e -> assertThat(e.code()).isEqualTo(Code.UNREACHABLE));
    }
  }

  @Test
  void a_host_that_nobody_knows_is_named() {
    assertThatThrownBy(() -> KafkaLog.at(KafkaLogConfig.of("no-such-host.invalid:9092")).close())
        .isInstanceOfSatisfying(LogException.class, e -> {
          assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
          assertThat(e).hasMessageContaining("no-such-host.invalid:9092");
        });
  }

  @Test
  void records_past_their_retention_are_named_and_never_skipped() throws Exception {
    var stream = StreamName.of("expired");
    log.create(stream, 1);
    var partition = new Partition(stream, "0");
    try (var writer = log.writer()) {
      for (var i = 0; i < 10; i++)
        writer.append(entry("expired", "id" + i)).join();
    }
    try (var admin = Admin.create(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
      admin.deleteRecords(Map.of(new TopicPartition("expired", 0), RecordsToDelete.beforeOffset(6))).all()
          .get();
    }

    try (var reader = log.reader(Set.of(stream), Cursor.of(Map.of(partition, Position.of("2"))))) {
      for (var i = 0; i < 2; i++) {
        assertThatThrownBy(() -> pollToFailure(reader)).isInstanceOfSatisfying(LogException.class, e -> {
          assertThat(e.code()).isEqualTo(Code.EXPIRED);
          assertThat(e)
              .hasMessageContaining("expired/0: wanted position 3, available are 6 up to, not including, 10");
        });
      }
    }
    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      assertThat(reader.cursor().position(partition)).as("the beginning is what is kept")
          .contains(Position.of("5"));
    }
    assertThat(log.lag(Set.of(stream), Cursor.start())).isEqualTo(4);
  }

  @Test
  void a_bounded_reading_ends_where_all_records_are_past_their_retention() throws Exception {
    var stream = StreamName.of("emptied");
    log.create(stream, 1);
    try (var writer = log.writer()) {
      writer.append(entry("emptied", "1")).join();
    }
    try (var admin = Admin.create(Map.of("bootstrap.servers", SharedServers.kafka().bootstrapServers()))) {
      admin.deleteRecords(Map.of(new TopicPartition("emptied", 0), RecordsToDelete.beforeOffset(-1))).all()
          .get();
    }

    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      assertThat(reader.cursor().hasReached(log.end(Set.of(stream)))).isTrue();
    }
  }

  @Test
  void a_cursor_of_another_log_is_refused() {
    var stream = StreamName.of("other-log");
    log.create(stream, 1);
    var cursor = Cursor.of(Map.of(new Partition(stream, "0"), Position.of("4954".repeat(30))));

    assertThatThrownBy(() -> log.reader(Set.of(stream), cursor).close()).isInstanceOfSatisfying(
        LogException.class,
        e -> assertThat(e.code()).isEqualTo(Code.REFUSED));
  }

  @Test
  void a_callback_that_blocks_does_not_hold_up_what_others_append() throws Exception {
    var stream = StreamName.of("callbacks");
    log.create(stream, 1);
    var release = new CompletableFuture<Void>();

    try (var blocked = log.writer(); var reader = log.reader(Set.of(stream), Cursor.start())) {
      blocked.append(entry("callbacks", "0")).join(); // later ones do not wait for their acknowledgement
      var told = CompletableFuture.runAsync(
          () -> blocked.append(entry("callbacks", "1")).thenAccept(_ -> release.join()).join(),
          task -> Thread.ofVirtual().start(task));
      var later = blocked.append(entry("callbacks", "2"));
      var read = new AtomicInteger();
      try {
        await("the log to have all although a callback blocks").pollInSameThread()
            .until(() -> read.addAndGet(reader.poll(POLL).records().size()) == 3);
      } finally {
        // Closing the writer waits for the callback.
        release.complete(null);
      }
      assertThat(told).succeedsWithin(PATIENCE);
      assertThat(later).succeedsWithin(PATIENCE);
    }
  }

  @Test
  void appending_to_a_closed_writer_is_a_defect_of_the_caller() {
    log.create(StreamName.of("closed"), 1);
    var writer = log.writer();
    writer.append(entry("closed", "1")).join();
    writer.close();

    assertThatThrownBy(() -> writer.append(entry("closed", "2"))).isInstanceOf(IllegalStateException.class);
  }

  private static void pollToFailure(LogReader reader) {
    await("the failure").pollInSameThread().until(() -> !reader.poll(POLL).records().isEmpty());
  }

  private static LogEntry entry(String stream, String id) {
    return new LogEntry(StreamName.of(stream), "k", Envelope.of(id, "/test", "T", Instant.EPOCH, "k"),
        new byte[]{1});
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
