package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.ServiceLoader;
import javax.sql.DataSource;
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
      return Servers.kafka();
    }

    @Override
    EventLog open(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.of(Servers.kafka()));
    }

    @Override
    EventLog openImpatient(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(Servers.kafka())
          .with("max.poll.interval.ms", "3000").build());
    }

    @Override
    EventLog openFrugal(DataSource database) {
      return KafkaLog.at(KafkaLogConfig.builder().bootstrapServers(Servers.kafka()).pollRecords(10).build());
    }
  },
  KINESIS {
    @Override
    String address() {
      return Servers.kinesis().toString();
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

  /** Shared, as each takes two seconds to close. */
  private static final SdkAsyncHttpClient HTTP = ServiceLoader.load(SdkAsyncHttpService.class).findFirst()
      .orElseThrow().createAsyncHttpClientFactory().build();

  /** The log of this run. */
  static final TestedLog CHOSEN = valueOf(
      System.getProperty("millrace.log", "kafka").toUpperCase(Locale.ROOT));

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
    return KinesisLogConfig.builder().endpoint(Servers.kinesis()).region("us-east-1").database(database)
        .pollPause(Duration.ofMillis(100)).shardCheck(Duration.ofMillis(500)).lease(Duration.ofSeconds(2))
        .client(client -> client.httpClient(HTTP).overrideConfiguration(override -> {
          for (var interceptor : between)
            override.addExecutionInterceptor(interceptor);
        }));
  }
}
