package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static dev.millrace.log.kinesis.GroupMember.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Ledger;
import dev.millrace.test.Randomized;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

/** Groups that read over enhanced fan-out. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(2)
class PushedShardTest {
  private static LocalStreams streams;
  private static DataSource database;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    database = SharedServers.createDatabase();
  }

  @AfterAll
  static void stop() {
    streams.close();
  }

  @Test
  void a_group_is_one_consumer_and_its_members_read_each_key_in_order_across_splits_and_merges() {
    var stream = LocalStreams.name("fan-out");
    var ledger = new Ledger();
    var written = new ArrayList<LogEntry>();
    try (var log = fanOut()) {
      log.create(stream, 2);
      var one = new GroupMember("one", ledger, log, stream);
      var other = new GroupMember("other", ledger, log, stream);

      for (var step = 0; step < 3; step++) {
        append(stream, written);
        await("the records to be pushed", () -> ledger.effects().size() >= written.size(), one, other);
        reshard(stream, step);
      }
      append(stream, written);
      var end = log.end(Set.of(stream));
      await("all to be read", () -> ledger.hasReached(end), one, other);

      assertThat(consumers(stream)).containsExactly(stream + "-group");
      one.leave();
      other.leave();
      await("the consumer to be removed", () -> consumers(stream).isEmpty());
    }
    assertRead(written, ledger);
  }

  @Test
  void subscriptions_that_end_or_break_go_on_without_a_gap() {
    var cuts = new CutSubscriptions(Randomized.random());
    var stream = LocalStreams.name("cut");
    var ledger = new Ledger();
    var written = new ArrayList<LogEntry>();
    try (var log = fanOut(cuts)) {
      // The local server sends one event a second: several shards are cut at once.
      log.create(stream, 4);
      var member = new GroupMember("m", ledger, log, stream);

      while (cuts.cut() < 8) {
        append(stream, written);
        await("the records to be pushed, " + Randomized.repeat(),
            () -> ledger.effects().size() >= written.size(), member);
      }
      member.leave();
    }
    assertThat(cuts.opened()).as(Randomized.repeat()).isGreaterThan(8);
    assertRead(written, ledger);
  }

  @Test
  void a_subscription_that_falls_silent_is_replaced_and_nothing_is_lost() {
    var silent = new SilentSubscription();
    var stream = LocalStreams.name("silent");
    var ledger = new Ledger();
    var written = new ArrayList<LogEntry>();
    try (var log = KinesisLog.at(fanOutConfig(silent).requestTimeout(Duration.ofSeconds(5)).build())) {
      log.create(stream, 1);
      append(stream, written);
      var member = new GroupMember("m", ledger, log, stream);

      await("the records to be pushed", () -> ledger.effects().size() >= written.size(), member);

      member.leave();
    }
    assertThat(silent.opened()).isGreaterThan(1);
    assertRead(written, ledger);
  }

  @Test
  void a_shard_whose_end_the_service_tells_over_the_subscription_is_finished_and_its_children_follow() {
    var ends = new EndedSubscription();
    var stream = LocalStreams.name("ended");
    var ledger = new Ledger();
    var written = new ArrayList<LogEntry>();
    // So rarely that the end is not found by listing the shards.
    try (var log = KinesisLog.at(fanOutConfig(ends).shardCheck(Duration.ofHours(1)).build())) {
      log.create(stream, 1);
      var parent = openShards(stream).getFirst();
      var member = new GroupMember("m", ledger, log, stream);
      append(stream, written);
      await("the parent to be pushed", () -> ledger.effects().size() >= written.size(), member);
      streams.split(stream, parent);
      append(stream, written);

      ends.end(parent, openShards(stream));
      await("the children to be pushed", () -> ledger.effects().size() >= written.size(), member);

      member.leave();
      assertThat(ends.told()).containsExactly(parent.partition().id());
      assertThat(ends.polled()).as("read in the other way").isEmpty();
      var at = ledger.take("any", Set.of(parent.partition())).position(parent.partition());
      assertThat(at.map(Place::of).map(Place::isEnd)).contains(true);
    }
    assertRead(written, ledger);
  }

  @Test
  void more_subscriptions_than_a_client_has_calls_by_default_leave_room_for_other_calls() {
    var stream = LocalStreams.name("wide");
    var opened = new CountDownLatch(60);
    try (var log = fanOut(new Counted(opened))) {
      log.create(stream, 60);
      var member = new GroupMember("m", new Ledger(), log, stream);

      await("the subscriptions to be asked for", () -> opened.getCount() == 0, member);

      assertThat(log.partitions(stream)).hasSize(60);
      member.leave();
    }
  }

  /** Counts subscriptions that are asked for. */
  private record Counted(CountDownLatch opened) implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
      if (context.request() instanceof SubscribeToShardRequest)
        opened.countDown();
    }
  }

  @Test
  void a_client_of_the_users_own_is_used_as_it_is() {
    try (var http = NettyNioAsyncHttpClient.create();
        var log = KinesisLog.at(streams.config().reading(KinesisLogConfig.Reading.FAN_OUT)
            .client(client -> {
              LocalStreams.credentials(client);
              client.httpClient(http);
            }).build())) {
      assertThat(log.streams()).isNotNull();
    }
  }

  @Test
  void a_groups_name_is_told_from_others_that_the_service_would_not_take() {
    assertThat(StreamConsumers.name("millrace-sales-g1")).isEqualTo("millrace-sales-g1");
    assertThat(StreamConsumers.name("sales/é")).startsWith("sales---")
        .isNotEqualTo(StreamConsumers.name("sales/è"));
    assertThat(StreamConsumers.name("x".repeat(300))).hasSizeLessThan(128);
  }

  private static KinesisLog fanOut(ExecutionInterceptor... interceptors) {
    return KinesisLog.at(fanOutConfig(interceptors).build());
  }

  private static KinesisLogConfig.Builder fanOutConfig(ExecutionInterceptor... interceptors) {
    return streams.config().database(database).lease(Duration.ofSeconds(2))
        .reading(KinesisLogConfig.Reading.FAN_OUT).client(client -> {
          LocalStreams.credentials(client);
          client.overrideConfiguration(
              settings -> List.of(interceptors).forEach(settings::addExecutionInterceptor));
        });
  }

  private static void append(StreamName stream, List<LogEntry> written) {
    var entries = new ArrayList<LogEntry>();
    for (var i = 0; i < 40; i++)
      entries.add(LocalStreams.entry(stream, "k" + i % 7, "e" + (written.size() + i)));
    streams.append(stream, entries);
    written.addAll(entries);
  }

  private static List<String> consumers(StreamName stream) {
    var arn = new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).arn(stream);
    return streams.client().listStreamConsumers(request -> request.streamARN(arn)).join().consumers().stream()
        .map(consumer -> consumer.consumerName()).toList();
  }

  private static List<Shard> openShards(StreamName stream) {
    return new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).refresh(stream)
        .stream().filter(Shard::isOpen).sorted(Comparator.comparing(Shard::firstHash)).toList();
  }

  private static void reshard(StreamName stream, int step) {
    var open = openShards(stream);
    if (step % 3 == 2)
      streams.merge(stream, open.get(0), open.get(1));
    else
      streams.split(stream, open.getLast());
  }

  private static void assertRead(List<LogEntry> written, Ledger ledger) {
    assertThat(History.ids(ledger.effects())).doesNotHaveDuplicates();
    assertThat(History.idsByKey(ledger.effects())).isEqualTo(new History(written).idsByKey());
  }
}
