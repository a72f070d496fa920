package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;
import java.util.Optional;
import javax.sql.DataSource;

/** Opens the log that the settings name: the one place that knows both. */
public final class Logs {
  private Logs() {}

  /**
   * The log; the caller closes it.
   *
   * @param database where groups share out shards and batch writers keep their marks, if the log has no such place itself
   */
  public static EventLog open(LogSettings settings, Optional<DataSource> database) {
    return switch (settings) {
      case LogSettings.Kafka kafka -> KafkaLog.at(KafkaLogConfig.of(kafka.bootstrapServers()));
      case LogSettings.Kinesis kinesis -> KinesisLog.at(config(kinesis, database));
    };
  }

  private static KinesisLogConfig config(LogSettings.Kinesis kinesis, Optional<DataSource> database) {
    var builder = KinesisLogConfig.builder().streamPrefix(kinesis.streamPrefix())
        .aggregation(kinesis.aggregation())
        .reading(kinesis.fanOut() ? KinesisLogConfig.Reading.FAN_OUT : KinesisLogConfig.Reading.POLLING);
    database.ifPresent(builder::database);
    kinesis.endpoint().ifPresent(builder::endpoint);
    kinesis.region().ifPresent(builder::region);
    return builder.build();
  }
}
