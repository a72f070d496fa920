package dev.millrace.cli;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which log a command starts, or finds. */
final class LogOptions {
  /** The logs there are. */
  enum Kind {
    kafka, kinesis
  }

  @Option(names = "--log", paramLabel = "LOG", defaultValue = "kafka", description = "${COMPLETION-CANDIDATES}: the log to run on; ${DEFAULT-VALUE} unless said. Kinesis is started where Node.js is present")
  private Kind kind = Kind.kafka;

  @Option(names = "--kinesis-endpoint", paramLabel = "URL", description = "take the Kinesis that is there, such as http://127.0.0.1:4567, and start none")
  private @Nullable URI endpoint;

  boolean kinesis(CommandLine command) {
    if (endpoint != null && kind == Kind.kafka)
      throw new ParameterException(command, "--kinesis-endpoint goes with --log kinesis");
    if (endpoint != null
        && (endpoint.getHost() == null || !String.valueOf(endpoint.getScheme()).startsWith("http")))
      throw new ParameterException(command,
          "--kinesis-endpoint '" + endpoint + "' is no http address, such as http://127.0.0.1:4567");
    return kind == Kind.kinesis;
  }

  Optional<URI> endpoint() {
    return Optional.ofNullable(endpoint);
  }
}
