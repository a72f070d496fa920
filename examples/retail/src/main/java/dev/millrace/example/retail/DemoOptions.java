package dev.millrace.example.retail;

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
 */
public record DemoOptions(Optional<Path> input, OptionalLong rowsPerSecond, Optional<Path> dataDir,
    boolean exitWhenCaughtUp, Optional<Path> report, int httpPort) {

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
