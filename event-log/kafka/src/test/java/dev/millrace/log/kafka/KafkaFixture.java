package dev.millrace.log.kafka;

import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.Capability;
import dev.millrace.log.tck.LogFaults;
import dev.millrace.log.tck.LogFixture;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;

/** Kafka at an address, for the conformance kit. */
final class KafkaFixture implements LogFixture, AutoCloseable {
  private final String bootstrapServers;
  private final KafkaLog log;

  KafkaFixture(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.log = KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(bootstrapServers)
        .partitionCheck(Duration.ofMillis(200)).build());
  }

  @Override
  public EventLog log() {
    return log;
  }

  @Override
  public LogFaults faults(Random random) {
    var connection = new FaultyConnection(bootstrapServers, random);
    return new KafkaFaults(connection, KafkaLog.at(impatient(connection.bootstrapServers())));
  }

  /** Many small requests, several under way at once, that are soon tried again: many chances for a fault. */
  static KafkaLogConfig impatient(String bootstrapServers) {
    return KafkaLogConfig.builder().bootstrapServers(bootstrapServers).linger(Duration.ZERO).batchBytes(1_000)
        .requestTimeout(Duration.ofSeconds(30)).deliveryTimeout(Duration.ofMinutes(3))
        .with("reconnect.backoff.ms", "1").with("reconnect.backoff.max.ms", "5").with("retry.backoff.ms", "1")
        .with("retry.backoff.max.ms", "5").build();
  }

  @Override
  public void addPartitions(StreamName stream, int total) {
    try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createPartitions(Map.of(stream.value(), NewPartitions.increaseTo(total))).all().get();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("adding partitions to " + stream, e);
    }
  }

  @Override
  public int oversizedPayload() {
    return 2_000_000;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TRANSACTIONS, Capability.IDEMPOTENT_APPENDS, Capability.PARTITION_ORDER);
  }

  @Override
  public void close() {
    log.close();
  }

  /** A log behind a faulty connection. */
  record KafkaFaults(FaultyConnection connection, EventLog log) implements LogFaults {
    @Override
    public int injected() {
      return connection.injected();
    }

    @Override
    public void stop() {
      connection.stopFaults();
    }

    @Override
    public void close() {
      log.close();
      connection.close();
    }
  }
}
