package dev.millrace.connect;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevKinesis;
import dev.millrace.dev.DevPostgres;
import dev.millrace.log.EventLog;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;

/**
 * A log's server, which a test stops and starts again. Which log the tests of the relay run on says {@code
 * -Dmillrace.log=kinesis} or {@code kafka}; the build makes a run on each.
 */
sealed interface LogServer extends AutoCloseable {
  /** What {@link #open} needs to find it. */
  String address();

  void stop();

  /** At the address and with the data that it had. */
  void startAgain();

  @Override
  void close();

  /** The server of this run of the tests. */
  static LogServer chosen(Path folder) {
    return System.getProperty("millrace.log", "kafka").equals("kinesis")
        ? new Kinesis(folder)
        : new Kafka(folder);
  }

  /**
   * The log there.
   *
   * @param marks the JDBC URL of a database for the marks of writers, where the log does not keep them itself; may be empty
   * @param between what stands between a Kinesis and its client
   */
  static EventLog open(String address, String marks, Duration deliveryTimeout,
      ExecutionInterceptor... between) {
    var requestTimeout = deliveryTimeout.dividedBy(2);
    if (!address.startsWith("http"))
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(address).pollRecords(50)
          .requestTimeout(requestTimeout).deliveryTimeout(deliveryTimeout).build());
    var config = KinesisLogConfig.builder().endpoint(URI.create(address)).region("us-east-1")
        .aggregation(true).requestTimeout(requestTimeout).deliveryTimeout(deliveryTimeout)
        .pollPause(Duration.ofMillis(100)).shardCheck(Duration.ofMillis(500))
        .client(client -> client.overrideConfiguration(
            override -> List.of(between).forEach(override::addExecutionInterceptor)));
    if (!marks.isEmpty()) {
      var database = new PGSimpleDataSource();
      database.setURL(marks);
      database.setUser(DevPostgres.USER);
      config.database(database);
    }
    return KinesisLog.at(config.build());
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

  /** A Kinesis; where there is none, the test is skipped, and one line on the console says why. */
  final class Kinesis implements LogServer {
    private final Path folder;
    private DevKinesis server;

    Kinesis(Path folder) {
      DevKinesis.unavailable().ifPresent(why -> {
        // Past the redirection to files.
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8)
            .println("Tests of connectors on Kinesis are skipped: " + why);
        Assumptions.abort("no local Kinesis: " + why);
      });
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
