package dev.millrace.view;

import dev.millrace.dev.DevPostgres;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** Processes for tests that kill them, on the log of this run. */
final class Forked {
  private Forked() {}

  /** The database at an address that was handed over. */
  static PGSimpleDataSource database(String url) {
    var database = new PGSimpleDataSource();
    database.setUrl(url);
    database.setUser(DevPostgres.USER);
    return database;
  }

  /** A codec that has the same ids as the one of {@link Stage}. */
  static EventCodec codec(Shop shop) {
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    codec.encode(shop.placed(), Stage.placed("", "", "0", 0)); // as the first of those that are to be read
    return codec;
  }

  static Process start(Class<?> main, Path output, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow",
        "-Dmillrace.log=" + TestedLog.CHOSEN, "-Dmillrace.log.address=" + TestedLog.CHOSEN.address(), "-cp",
        System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  /** What the process has printed so far. */
  static String said(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
