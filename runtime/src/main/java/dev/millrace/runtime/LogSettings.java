package dev.millrace.runtime;

import java.net.URI;
import java.util.Optional;

/** Which log the runtime works on, and where that is ({@code millrace.log}: {@code kafka}, the default, or {@code kinesis}). */
public sealed interface LogSettings {
  /** Where it is, for messages. */
  String address();

  /**
   * Kafka.
   *
   * @param bootstrapServers host:port of some brokers, with commas between ({@code millrace.kafka.bootstrap-servers})
   */
  record Kafka(String bootstrapServers) implements LogSettings {
    @Override
    public String address() {
      return bootstrapServers;
    }
  }

  /**
   * Kinesis. Credentials come from the AWS SDK's default chain; a server on this machine is asked without any.
   *
   * @param endpoint another place than Amazon's own ({@code millrace.kinesis.endpoint})
   * @param region the region where the SDK's default chain is not to say it ({@code millrace.kinesis.region})
   * @param streamPrefix what the service's names of the streams begin with ({@code millrace.kinesis.stream-prefix}, nothing)
   * @param aggregation whether small entries share records in the KPL's format ({@code millrace.kinesis.aggregation}, false)
   * @param fanOut whether readers subscribe rather than poll ({@code millrace.kinesis.fan-out}, false)
   */
  record Kinesis(Optional<URI> endpoint, Optional<String> region, String streamPrefix, boolean aggregation,
      boolean fanOut) implements LogSettings {
    /** Whether a stream there costs money. */
    boolean isAmazons() {
      return endpoint.map(uri -> uri.getHost().endsWith(".amazonaws.com")).orElse(true);
    }

    @Override
    public String address() {
      return endpoint.map(URI::toString).orElse("Amazon Kinesis")
          + region.map(name -> " in " + name).orElse("");
    }
  }
}
