package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's process. It ends when its input does, and so with this process, even where that is killed; it then saves
 * what it holds.
 */
record KinesisServer(Process process, int port) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KinesisServer.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final String PID = "kinesis.pid";

  /**
   * Starts the server and waits until it answers.
   *
   * @param port 0 for any free one
   * @throws DevException NOT_STARTED or PORT_TAKEN, with what the server said; FOLDER_IN_USE
   */
  static KinesisServer start(Path folder, int port, KinesisPackage program, Map<String, String> settings)
      throws IOException {
    stopLeftover(folder);
    var told = folder.resolve("kinesis.port");
    Files.deleteIfExists(told);
    Files.deleteIfExists(messages(folder));
    var process = run(folder, told, port, program, settings);
    try {
      DataFolder.write(folder.resolve(PID), process.pid() + "\n");
      var server = new KinesisServer(process, awaitPort(process, folder, told, port));
      server.awaitAnswer(folder);
      return server;
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  static Path messages(Path folder) {
    return folder.resolve("kinesis.log");
  }

  private static Process run(Path folder, Path told, int port, KinesisPackage program,
      Map<String, String> settings) throws IOException {
    var preload = folder.resolve("kinesis-on-loopback.cjs");
    try (var script = KinesisServer.class.getResourceAsStream("kinesis-on-loopback.cjs")) {
      Files.copy(Optional.ofNullable(script).orElseThrow(), preload, StandardCopyOption.REPLACE_EXISTING);
    }
    var node = new ProcessBuilder("node", "--require", preload.toString(), program.main().toString())
        .redirectErrorStream(true).redirectOutput(messages(folder).toFile());
    var environment = node.environment();
    environment.keySet().removeIf(name -> name.startsWith("KINESIS_MOCK_") || name.startsWith("PERSIST_"));
    environment.remove("INITIALIZE_STREAMS");
    environment.put("KINESIS_MOCK_CERT_PATH", program.certificate().toString());
    environment.put("MILLRACE_PORT", Integer.toString(port));
    environment.put("MILLRACE_PORT_FILE", told.toString());
    environment.putAll(settings);
    return node.start();
  }

  private static int awaitPort(Process process, Path folder, Path told, int port) throws IOException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(told)) {
      if (ended(process) || System.nanoTime() > deadline)
        throw failure(folder, port);
    }
    return Integer.parseInt(Files.readString(told));
  }

  private void awaitAnswer(Path folder) throws IOException {
    var question = HttpRequest.newBuilder(URI.create("http://" + Ports.HOST + ":" + port + "/healthcheck"))
        .timeout(PATIENCE).build();
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      if (client.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() != 200)
        throw failure(folder, port);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits a moment for the end. */
  private static boolean ended(Process process) {
    try {
      return process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static DevException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new DevException(Code.NOT_STARTED, "the start of Kinesis was interrupted", e);
  }

  private static DevException failure(Path folder, int port) throws IOException {
    var said = said(folder);
    if (said.contains("EADDRINUSE"))
      return Ports.taken(port, "Kinesis", new IOException(said));
    return new DevException(Code.NOT_STARTED, "Kinesis did not start on " + folder + ": " + said
        + " (its messages are in " + messages(folder) + ")");
  }

  private static String said(Path folder) throws IOException {
    // A fault of the settings is told in lines of its own, that of a port in one of node's.
    return Files.readAllLines(messages(folder)).stream().map(String::strip)
        .filter(line -> line.startsWith("- ") || line.contains("EADDRINUSE")).findFirst()
        .orElse("it gave no answer");
  }

  /** Stops the server that a killed process left on the folder, where it has not gone by itself yet. */
  private static void stopLeftover(Path folder) throws IOException {
    var file = folder.resolve(PID);
    if (!Files.exists(file))
      return;
    var leftover = ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
        .filter(KinesisServer::isOurs);
    if (leftover.isPresent() && !Processes.gone(leftover.get(), Processes.PATIENCE)) {
      LOG.info("stopping the Kinesis that a killed process left on {} (process {})", folder,
          leftover.get().pid());
      leftover.get().destroyForcibly();
      if (!Processes.gone(leftover.get(), Processes.PATIENCE))
        throw new DevException(Code.FOLDER_IN_USE, "the Kinesis on " + folder + " (process "
            + leftover.get().pid() + ") does not stop: end that process and start again");
    }
    Files.delete(file);
  }

  /** Its process id may have gone to a stranger. */
  private static boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().filter(line -> line.contains("kinesis-on-loopback.cjs")).isPresent();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Ends the server and waits until it has saved what it holds and is gone. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!Processes.gone(process.toHandle(), Processes.PATIENCE))
      process.destroyForcibly();
  }
}
