package dev.millrace.example.retail;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the shop is to be run.
 *
 * @param input the invoices, CSV or CSV gzipped; the generated shop where there is none
 * @param rowsPerSecond how fast; as fast as it can where nothing is said
 * @param dataDir where the servers keep their data; a temporary folder where nothing is said
 * @param exitWhenCaughtUp whether to stop when every event is in every view, rather than go on serving
 * @param report where the report is written as JSON
 * @param httpPort where the HTTP API listens; 0 for a free port
 * @param log the log to run on
 */
public record DemoOptions(Optional<Path> input, OptionalLong rowsPerSecond, Optional<Path> dataDir,
    boolean exitWhenCaughtUp, Optional<Path> report, int httpPort, Log log) {

  /** A log that the demo can run on. */
  public sealed interface Log {
    /** For messages. */
    String name();

    /** What the shop does without on this log, and the way out. */
    Optional<String> limits();

    /** The embedded broker. */
    record Kafka() implements Log {
      @Override
      public String name() {
        return "Kafka";
      }

      @Override
      public Optional<String> limits() {
        return Optional.empty();
      }
    }

    /**
     * Kinesis.
     *
     * @param endpoint a server that is there already; one that is started, and stopped, where there is none
     * @param createStreams whether the shop's streams may be created there
     */
    record Kinesis(Optional<URI> endpoint, boolean createStreams) implements Log {
      @Override
      public String name() {
        return "Kinesis";
      }

      @Override
      public Optional<String> limits() {
        return Optional.of(
            "the view order-details is left out: its stream app needs Kafka, where this carries a stream: "
                + "millrace bridge run --from kinesis:sales.orders --to kafka:sales.orders");
      }
    }
  }

  public DemoOptions {
    if (rowsPerSecond.isPresent() && rowsPerSecond.getAsLong() < 1) {
      throw new IllegalArgumentException("the rate is at least 1 row a second");
    }
    report.map(file -> file.toAbsolutePath().getParent()).filter(folder -> !Files.isDirectory(folder))
        .ifPresent(folder -> {
          throw new IllegalArgumentException("the report cannot be written: there is no folder " + folder);
        });
  }
}
