package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.StreamName;
import dev.millrace.test.LostResponses;
import dev.millrace.test.Randomized;

/** From a Kinesis that holds some entries twice to Kafka, where each is once. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class FromKinesisBridgeTest implements BridgeContract {
  private static BridgeLogs logs;

  @BeforeAll
  static void open() {
    logs = BridgeLogs.between(SharedServers.kinesis().endpoint().toString(),
        SharedServers.kafka().bootstrapServers(), new LostResponses(Randomized.random(), 20));
  }

  @AfterAll
  static void close() {
    if (logs != null)
      logs.close();
  }

  @Override
  public BridgeLogs logs() {
    return logs;
  }

  @Test
  void what_the_source_holds_twice_is_carried_once() {
    var from = BridgeContract.stream(logs.source(), "from", 2);
    var to = BridgeContract.stream(logs.target(), "to", 2);
    var entries = BridgeContract.entries(from, new Random(5), 500);
    for (int part = 0; part < 50; part++)
      BridgeContract.append(logs.source(), entries.subList(10 * part, 10 * part + 10));
    int held = BridgeContract.read(logs.source(), from).size();

    try (var bridge = BridgeProcess.bridge(logs.source(), from, logs.target(), to).start()) {
      await("all are carried or dropped").untilAsserted(() -> {
        var health = bridge.health();
        assertThat(health.carried() + health.dropped()).as("%s", health).isEqualTo(held);
      });

      assertThat(held).isGreaterThan(entries.size());
      assertThat(bridge.health().carried()).isEqualTo(entries.size());
    }
    assertThat(BridgeContract.read(logs.target(), to)).hasSize(entries.size());
  }

  @Test
  void records_behind_the_mark_that_are_gone_stop_it_and_are_not_passed_over() {
    var from = BridgeContract.stream(logs.source(), "from", 1);
    var to = BridgeContract.stream(logs.target(), "to", 1);
    BridgeContract.append(logs.source(), BridgeContract.entries(from, new Random(6), 10));
    try (var bridge = BridgeProcess.bridge(logs.source(), from, logs.target(), to).start()) {
      await("all are carried").untilAsserted(() -> assertThat(bridge.health().carried()).isEqualTo(10));
    }

    delete(from);
    logs.source().create(from, 1);
    BridgeContract.append(logs.source(), BridgeContract.entries(from, new Random(7), 10));

    try (var bridge = BridgeProcess.bridge(logs.source(), from, logs.target(), to).start()) {
      await("the bridge fails").until(() -> bridge.health().state() == BridgeHealth.State.FAILED);

      assertThat(bridge.health().lastError().orElseThrow()).contains("records after the cursor are gone");
      assertThat(bridge.health().carried()).isZero();
    }
  }

  private static void delete(StreamName stream) {
    try (var client = KinesisAsyncClient.builder().endpointOverride(URI.create(logs.from()))
        .region(Region.US_EAST_1).credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build()) {
      client.deleteStream(request -> request.streamName(stream.value())).join();
      client.waiter().waitUntilStreamNotExists(request -> request.streamName(stream.value())).join();
    }
  }
}
