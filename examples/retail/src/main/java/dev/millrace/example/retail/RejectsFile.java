package dev.millrace.example.retail;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * The rows that were rejected, with their line and the reason. Made anew by each run, as each run reads the whole input; not
 * made where nothing is rejected. Owned by one thread.
 */
final class RejectsFile implements Closeable {
  private static final CSVFormat FORMAT = CSVFormat.RFC4180.builder().setHeader("line", "reason", "row")
      .get();

  private final Path file;
  private @Nullable CSVPrinter printer;

  RejectsFile(Path file) throws IOException {
    this.file = file;
    Files.deleteIfExists(file);
  }

  void write(RejectedRow row) {
    try {
      if (printer == null)
        printer = new CSVPrinter(Files.newBufferedWriter(file), FORMAT);
      printer.printRecord(row.row(), row.reason(), row.text());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the rejected rows to " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (printer != null)
      printer.close();
  }
}
