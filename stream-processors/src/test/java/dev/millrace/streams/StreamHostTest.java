package dev.millrace.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import dev.millrace.streams.Shop.Line;
import dev.millrace.streams.Shop.OrderCancelled;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.streams.Shop.OrderPlaced;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamHostTest {
  /** A limit for what hangs. */
  private static final Duration LONG = Duration.ofMinutes(3);

  private static DevKafka kafka;
  private static Admin admin;

  @TempDir
  private Path state;
  private ShopOnKafka shop;

  /** Not the shared one: the topics of the shop have fixed names, and each test needs them empty. */
  @BeforeAll
  static void startKafka() {
    kafka = DevKafka.start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stopKafka() {
    if (admin != null)
      admin.close();
    if (kafka != null)
      kafka.close();
  }

  @BeforeEach
  void open() {
    shop = ShopOnKafka.on(kafka);
  }

  @AfterEach
  void close() throws Exception {
    shop.close();
    await("the group is deleted").until(StreamHostTest::deleteGroup);
    admin.deleteTopics(admin.listTopics().names().get()).all().get();
  }

  /** Returns false while the group has members. */
  private static boolean deleteGroup() throws Exception {
    try {
      admin.deleteConsumerGroups(List.of(OrderDetails.APP.name())).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupNotEmptyException)
        return false;
      if (e.getCause() instanceof GroupIdNotFoundException)
        return true;
      throw e;
    }
  }

  @Test
  void a_backlog_from_before_the_first_start_is_enriched_line_by_line() throws Exception {
    shop.createStreams();
    Orders.catalog(shop);
    Orders.publish(shop, 0, 3_000);
    shop.flush();

    try (var host = shop.host(OrderDetails.APP, state).start()) {
      Enriched.assertComplete(shop.log, shop.codec, 3_000);
      await("the lag is zero").until(() -> host.lag() == 0);
      assertThat(host.health())
          .isEqualTo(new StreamHealth(StreamHealth.State.RUNNING, 0, 0, Optional.empty()));
    }
  }

  @Test
  void missing_streams_are_created_and_bad_records_go_to_the_dead_letters_while_others_flow()
      throws Exception {
    try (var host = shop.host(OrderDetails.APP, state).start()) {
      assertThat(host.awaitReady(LONG)).isTrue();
      Orders.catalog(shop);
      Orders.publish(shop, 0, 10);
      publishBytes("O-garbage", "garbage".getBytes(UTF_8));
      publishBytes("O-unknown", new byte[]{0, 0, 0, 77, 77, 1, 2, 3});
      shop.publish(OrderPlaced.TYPE, Orders.placed("broken"));
      shop.publish(OrderCancelled.TYPE, new OrderCancelled("O1"));
      Orders.publish(shop, 10, 20);
      shop.flush();

      Enriched.assertComplete(shop.log, shop.codec, 20);
      var letters = Enriched.read(shop.log, OrderDetails.APP.deadLetters(), 3);
      assertThat(letters).extracting(letter -> letter.key()).containsExactlyInAnyOrder("O-garbage",
          "O-unknown", "broken");
      assertThat(letters).filteredOn(letter -> letter.key().equals("broken"))
          .allSatisfy(
              letter -> assertThat(shop.codec.decoder(List.of(OrderPlaced.TYPE)).decode(letter.payload()))
                  .contains(Orders.placed("broken")));
      assertThat(host.health().deadLetters()).isEqualTo(3);
      assertThat(host.health().ready()).isTrue();
    }
  }

  @Test
  void a_registry_that_does_not_answer_is_waited_for_and_nothing_is_skipped() throws Exception {
    var registry = new Outage();
    try (var reader = ShopOnKafka.on(kafka.bootstrapServers(), registry)) {
      shop.createStreams();
      Orders.catalog(shop);
      Orders.publish(shop, 0, 50);
      shop.flush();
      registry.begins();

      try (var host = reader.host(OrderDetails.APP, state).start()) {
        await("the host retries").until(() -> host.health().state() == StreamHealth.State.RETRYING);
        assertThat(host.health().failure()).hasValueSatisfying(
            failure -> assertThat(failure).contains("the registry is out"));
        assertThat(host.health().live()).isTrue();
        registry.ends();

        Enriched.assertComplete(shop.log, shop.codec, 50);
        await("the host is ready").until(() -> host.health().ready());
        assertThat(host.health().deadLetters()).isZero();
      }
    }
  }

  @Test
  void two_instances_share_the_work_and_a_stop_leaves_no_thread() throws Exception {
    shop.createStreams();
    Orders.catalog(shop);
    try (var one = shop.host(OrderDetails.APP, state.resolve("one")).start();
        var two = shop.host(OrderDetails.APP, state.resolve("two")).start()) {
      assertThat(one.awaitReady(LONG) && two.awaitReady(LONG)).isTrue();
      Orders.publish(shop, 0, 100);
      shop.flush();
      Enriched.assertComplete(shop.log, shop.codec, 100);
    }
    await("the threads have ended").until(() -> Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().contains("order-details")));
  }

  @Test
  void results_of_one_key_keep_the_order_of_its_events() {
    shop.createStreams();
    Orders.catalog(shop);
    var placed = IntStream.range(0, 40)
        .mapToObj(i -> new OrderPlaced("same", "C" + i % 3, Orders.placed("O" + i).lines()))
        .toList();
    try (var host = shop.host(OrderDetails.APP, state).threads(2).start()) {
      placed.forEach(order -> shop.publish(OrderPlaced.TYPE, order));
      shop.flush();

      var decoder = shop.codec.decoder(List.of(OrderEnriched.TYPE));
      var lines = Enriched.read(shop.log, StreamName.of(OrderEnriched.TYPE.stream()), 40).stream()
          .map(record -> (OrderEnriched) decoder.decode(record.payload()).orElseThrow())
          .map(order -> order.lines().stream().map(Line::stockCode).toList()).toList();
      assertThat(lines).isEqualTo(placed.stream().map(OrderPlaced::stockCodes).toList());
      assertThat(host.health().live()).isTrue();
    }
  }

  @Test
  void a_topology_that_is_not_the_locked_one_is_refused_before_anything_starts() {
    var topology = OrderDetails.APP.topology(shop.codec, stream -> 1);
    var text = TopologyLock.of(OrderDetails.APP, topology).text();

    assertThatThrownBy(() -> shop.host(OrderDetails.APP, state)
        .lock(text.replace("order-placed-waiting", "pending")).start())
        .isInstanceOf(StreamAppException.class).hasMessageContaining("gone: 0 keeps pending")
        .hasMessageContaining("order-details-pending-changelog")
        .hasMessageContaining("new:  0 keeps order-placed-waiting");
  }

  @Test
  void all_faults_of_the_settings_are_told_at_once() {
    assertThatThrownBy(() -> StreamHost.builder(OrderDetails.APP).threads(0).start())
        .isInstanceOf(StreamAppException.class).hasMessageContaining("bootstrapServers")
        .hasMessageContaining("stateDirectory").hasMessageContaining("codec")
        .hasMessageContaining("threads is 0");
  }

  private void publishBytes(String key, byte[] payload) {
    try (var writer = shop.log.writer()) {
      writer.append(new LogEntry(StreamName.of(OrderPlaced.TYPE.stream()), key,
          Envelope.of(key, "/shop", OrderPlaced.TYPE.name(), Instant.EPOCH, key), payload)).join();
    }
  }
}
