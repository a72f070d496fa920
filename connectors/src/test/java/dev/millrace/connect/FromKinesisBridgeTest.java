package dev.millrace.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

import dev.millrace.log.StreamName;

/** From a Kinesis that holds some entries twice to Kafka, where each is once. */
class FromKinesisBridgeTest implements BridgeContract {
  private static BridgeLogs logs;

  @BeforeAll
  static void start(@TempDir Path folder) {
    logs = BridgeLogs.between(new LogServer.Kinesis(folder), new LogServer.Kafka(folder),
        new LostAnswers(new Random(SEED), 20));
  }

  @AfterAll
  static void stop() {
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
      Shop.await("all are carried or dropped: " + bridge.health(),
          () -> bridge.health().carried() + bridge.health().dropped() == held);

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
      Shop.await("all are carried", () -> bridge.health().carried() == 10);
    }

    delete(from);
    logs.source().create(from, 1);
    BridgeContract.append(logs.source(), BridgeContract.entries(from, new Random(7), 10));

    try (var bridge = BridgeProcess.bridge(logs.source(), from, logs.target(), to).start()) {
      Shop.await("it says so", () -> bridge.health().state() == BridgeHealth.State.FAILED);

      assertThat(bridge.health().lastError().orElseThrow()).contains("records after the cursor are gone");
      assertThat(bridge.health().carried()).isZero();
    }
  }

  private static void delete(StreamName stream) {
    try (var client = KinesisAsyncClient.builder().endpointOverride(URI.create(logs.from().address()))
        .region(Region.US_EAST_1).credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build()) {
      client.deleteStream(request -> request.streamName(stream.value())).join();
      client.waiter().waitUntilStreamNotExists(request -> request.streamName(stream.value())).join();
    }
  }
}
