package dev.millrace.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.millrace.connect.BridgeHealth.State;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.StreamName;

/** From Kafka to Kafka, where what a bridge promises is exactly-once. */
class KafkaBridgeTest implements BridgeContract {
  private static BridgeLogs logs;

  @BeforeAll
  static void open() {
    var kafka = SharedServers.kafka().bootstrapServers();
    logs = BridgeLogs.between(kafka, kafka);
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
  void a_record_without_an_envelope_stops_the_bridge_and_is_named() throws Exception {
    var from = BridgeContract.stream(logs.source(), "from", 1);
    var to = BridgeContract.stream(logs.source(), "to", 1);
    try (var producer = new KafkaProducer<>(
        Map.<String, Object>of("bootstrap.servers", logs.from()),
        new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(from.value(), "k".getBytes(UTF_8), "foreign".getBytes(UTF_8))).get();
    }

    try (var bridge = BridgeProcess.bridge(logs.source(), from, logs.target(), to).start()) {
      await("the bridge fails").until(() -> bridge.health().state() == State.FAILED);

      assertThat(bridge.health().lastError().orElseThrow()).contains(from + "/0@0").contains("envelope");
    }
    assertThat(BridgeContract.read(logs.target(), to)).isEmpty();
  }

  @Test
  void a_stream_is_not_carried_to_itself() {
    var stream = StreamName.of("sales.orders");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> BridgeProcess.bridge(logs.source(), stream, logs.source(), stream))
        .withMessageContaining("sales.orders");
  }
}
