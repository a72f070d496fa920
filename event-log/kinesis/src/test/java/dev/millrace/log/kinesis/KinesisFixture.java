package dev.millrace.log.kinesis;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.FaultyService.Chances;
import dev.millrace.log.tck.Capability;
import dev.millrace.log.tck.LogFaults;
import dev.millrace.log.tck.LogFixture;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** A Kinesis, and a database for leases and marks, for the conformance kit. */
final class KinesisFixture implements LogFixture, AutoCloseable {
  private final TestedService service;
  private final DataSource database = SharedServers.createDatabase();
  private final KinesisLog log;

  KinesisFixture(TestedService service) {
    this.service = service;
    this.log = KinesisLog.at(config().build());
  }

  KinesisLogConfig.Builder config(ExecutionInterceptor... interceptors) {
    return service.config(interceptors).database(database);
  }

  @Override
  public EventLog log() {
    return log;
  }

  TestedService service() {
    return service;
  }

  Resharding resharding() {
    return service.resharding();
  }

  @Override
  public LogFaults faults(Random random) {
    return faults(random, new Chances(random.nextInt(5, 60), 5, 10, 5, 5), false);
  }

  /** Many small calls: many chances for a fault. */
  KinesisFaults faults(Random random, Chances chances, boolean aggregation) {
    var service = new FaultyService(random, chances);
    return new KinesisFaults(service, KinesisLog.at(impatient(service).aggregation(aggregation).build()));
  }

  KinesisLogConfig.Builder impatient(FaultyService service) {
    return config(service).linger(Duration.ZERO).maxCallRecords(10).requestTimeout(Duration.ofMinutes(1))
        .deliveryTimeout(Duration.ofMinutes(3)).pollPause(Duration.ofMillis(50))
        .shardCheck(Duration.ofSeconds(1));
  }

  @Override
  public void addPartitions(StreamName stream, int total) {
    var resharding = resharding();
    while (resharding.open(stream).size() < total)
      resharding.splitLargest(stream);
  }

  @Override
  public int oversizedPayload() {
    return 2_000_000;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public void close() {
    log.close();
    service.close();
  }

  /** A log on a faulty service. */
  record KinesisFaults(FaultyService service, EventLog log) implements LogFaults {
    @Override
    public int injected() {
      return service.injected();
    }

    @Override
    public void stop() {
      service.stop();
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
