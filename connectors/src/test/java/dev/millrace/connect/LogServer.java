package dev.millrace.connect;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.postgresql.ds.PGSimpleDataSource;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevKinesis;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;

/**
 * The server of a log. {@code -Dmillrace.log=kinesis} or {@code kafka} chooses the log of the relay tests; the build runs
 * them on each.
 */
sealed interface LogServer extends AutoCloseable {
  /** Returns what {@link #open} needs to find the server. */
  String address();

  void stop();

  /** Starts the server at the address and with the data that it had. */
  void startAgain();

  @Override
  void close();

  /** Returns whether this machine has the chosen log. */
  static boolean isAvailable() {
    return !isKinesis() || SharedServers.hasKinesis();
  }

  /** Starts a server of the chosen log that no other test uses, so that the test can stop it. */
  static LogServer start(Path folder) {
    return isKinesis() ? new Kinesis(folder) : new Kafka(folder);
  }

  /** Returns the server of the chosen log that all tests share. */
  static LogServer shared() {
    return new Shared(isKinesis()
        ? SharedServers.kinesis().endpoint().toString()
        : SharedServers.kafka().bootstrapServers());
  }

  private static boolean isKinesis() {
    return System.getProperty("millrace.log", "kafka").equals("kinesis");
  }

  /**
   * Opens the log at an address.
   *
   * @param checkpoints the JDBC URL of a database for the checkpoints of writers, if the log does not store them itself;
   *     otherwise empty
   * @param interceptors intercept the calls of a Kinesis client
   */
  static EventLog open(String address, String checkpoints, Duration deliveryTimeout,
      ExecutionInterceptor... interceptors) {
    var requestTimeout = deliveryTimeout.dividedBy(2);
    if (!address.startsWith("http"))
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(address).pollRecords(50)
          .requestTimeout(requestTimeout).deliveryTimeout(deliveryTimeout).build());
    var config = KinesisLogConfig.builder().endpoint(URI.create(address)).region("us-east-1")
        .aggregation(true).requestTimeout(requestTimeout).deliveryTimeout(deliveryTimeout)
        .pollPause(Duration.ofMillis(100)).shardCheck(Duration.ofMillis(500))
        .client(client -> client.overrideConfiguration(
            override -> List.of(interceptors).forEach(override::addExecutionInterceptor)));
    if (!checkpoints.isEmpty()) {
      var database = new PGSimpleDataSource();
      database.setURL(checkpoints);
      database.setUser(DevPostgres.USER);
      config.database(database);
    }
    return KinesisLog.at(config.build());
  }

  /** A server that all tests of the JVM share. */
  record Shared(String address) implements LogServer {
    @Override
    public void stop() {
      throw new UnsupportedOperationException("other tests use this server");
    }

    @Override
    public void startAgain() {
      throw new UnsupportedOperationException("other tests use this server");
    }

    @Override
    public void close() {
      // It stops with the JVM.
    }
  }

  /** A Kafka. */
  final class Kafka implements LogServer {
    private final Path folder;
    private DevKafka server;

    Kafka(Path folder) {
      this.folder = folder.resolve("kafka");
      this.server = DevKafka.builder().dataDir(this.folder).start();
    }

    @Override
    public String address() {
      return server.bootstrapServers();
    }

    @Override
    public void stop() {
      server.close();
    }

    @Override
    public void startAgain() {
      server = DevKafka.builder().dataDir(folder).port(server.port()).start();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** A local Kinesis. */
  final class Kinesis implements LogServer {
    private final Path folder;
    private DevKinesis server;

    Kinesis(Path folder) {
      this.folder = folder.resolve("kinesis");
      this.server = DevKinesis.builder().dataDir(this.folder).start();
    }

    @Override
    public String address() {
      return server.endpoint().toString();
    }

    @Override
    public void stop() {
      server.close();
    }

    @Override
    public void startAgain() {
      server = DevKinesis.builder().dataDir(folder).port(server.port()).start();
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
