package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A subject in a JVM of its own, so that its CPU time and its memory are nobody else's; it stays from round to round, as a
 * service does, and its code is as warm. Owned by one thread.
 */
final class SubjectProcess implements AutoCloseable {
  private static final String LARGEST_HEAP = "-Xmx768m";

  /**
   * What the subject did.
   *
   * @param table what it made; the empty text where it makes none
   * @param cpuNanos of its process alone
   * @param peakBytes the most memory that its process ever had
   */
  record Run(String table, long nanos, long cpuNanos, long peakBytes) {
    String line() {
      return nanos + " " + cpuNanos + " " + peakBytes + " " + table;
    }

    static Run of(String line) {
      var parts = line.split(" ", -1);
      return new Run(parts[3], Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
  }

  private final String subject;
  private final Path errors;
  private final Process process;
  private final Writer input;
  private final BufferedReader output;
  private int number;

  SubjectProcess(String subject, Servers servers) throws IOException {
    this.subject = subject;
    this.errors = Files.createTempFile("millrace-bench", ".log");
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), LARGEST_HEAP,
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
        System.getProperty("java.class.path"), RebuildSubject.class.getName(), subject));
    command.addAll(servers.arguments());
    this.process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
    try {
      answer(RebuildSubject.READY);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  Run run() throws IOException {
    input.write(++number + "\n");
    input.flush();
    return Run.of(answer(""));
  }

  private String answer(String expected) throws IOException {
    var line = output.readLine();
    if (line == null || !line.startsWith(expected))
      throw new IllegalStateException(subject + " ended early: " + line + "\n" + Files.readString(errors));
    return line;
  }

  @Override
  public void close() throws IOException {
    try {
      input.close(); // it ends when it is told no more numbers
      if (!process.waitFor(30, TimeUnit.SECONDS))
        process.destroyForcibly();
    } catch (IOException e) {
      process.destroyForcibly(); // it has ended already
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    } finally {
      output.close();
      Files.deleteIfExists(errors);
    }
  }
}
