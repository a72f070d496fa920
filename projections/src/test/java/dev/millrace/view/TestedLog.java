package dev.millrace.view;

import dev.millrace.dev.DevKinesis;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;
import dev.millrace.test.Console;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpService;

/**
 * The logs that the tests run on, each on its real server. A run of the tests is on one of them: {@code -Dmillrace.log=kinesis}
 * or {@code kafka}; the build makes a run on each.
 */
enum TestedLog {
  KAFKA {
    @Override
    String address() {
      return GIVEN_ADDRESS == null ? SharedServers.kafka().bootstrapServers() : GIVEN_ADDRESS;
    }

    @Override
    EventLog open(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.of(address()));
    }

    @Override
    EventLog openImpatient(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(address())
          .with("max.poll.interval.ms", "3000").build());
    }

    @Override
    EventLog openFrugal(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(address()).pollRecords(10).build());
    }
  },
  KINESIS {
    @Override
    String address() {
      return GIVEN_ADDRESS == null ? SharedServers.kinesis().endpoint().toString() : GIVEN_ADDRESS;
    }

    @Override
    EventLog open(DataSource database) {
      return KinesisLog.at(kinesis(database).aggregation(true).build());
    }

    @Override
    EventLog openImpatient(DataSource database) {
      return KinesisLog.at(kinesis(database).lease(Duration.ofSeconds(1)).build());
    }

    @Override
    EventLog openFrugal(DataSource database) {
      return open(database);
    }
  };

  private static final class Http {
    /** Shared, as each takes two seconds to close. */
    static final SdkAsyncHttpClient CLIENT = ServiceLoader.load(SdkAsyncHttpService.class).findFirst()
        .orElseThrow().createAsyncHttpClientFactory().build();
  }

  /** The system property that chooses the log of a run. */
  static final String PROPERTY = "millrace.log";
  /** The system property by which a process is told the address of the log of the test that started it. */
  static final String ADDRESS_PROPERTY = "millrace.log.address";
  private static final @Nullable String GIVEN_ADDRESS = System.getProperty(ADDRESS_PROPERTY);

  /** The log of this run. */
  static final TestedLog CHOSEN = valueOf(System.getProperty(PROPERTY, "kafka").toUpperCase(Locale.ROOT));

  private static final class Kinesis {
    static final Optional<String> UNAVAILABLE = DevKinesis.unavailable();
    static {
      UNAVAILABLE.ifPresent(why -> Console.println("The tests of views on Kinesis are skipped: " + why));
    }
  }

  /** Returns whether the log of this run can be started here. If not, a line on the console says why. */
  static boolean isAvailable() {
    return CHOSEN == KAFKA || Kinesis.UNAVAILABLE.isEmpty();
  }

  /** Where its server is. */
  abstract String address();

  /** The log, for runners whose views are in this database. */
  abstract EventLog open(DataSource database);

  /** The log, for members of a group that are given up when they do not poll for a few seconds. */
  abstract EventLog openImpatient(DataSource database);

  /** The log, for readers that take few records at a time where they can be told. */
  abstract EventLog openFrugal(DataSource database);

  /** A Kinesis that loses no time, with what stands between it and its client. */
  static KinesisLogConfig.Builder kinesis(DataSource database, ExecutionInterceptor... between) {
    return KinesisLogConfig.builder().endpoint(URI.create(KINESIS.address())).region("us-east-1")
        .database(database)
        .pollPause(Duration.ofMillis(100)).shardCheck(Duration.ofMillis(500)).lease(Duration.ofSeconds(2))
        .client(client -> client.httpClient(Http.CLIENT).overrideConfiguration(override -> {
          for (var interceptor : between)
            override.addExecutionInterceptor(interceptor);
        }));
  }
}
