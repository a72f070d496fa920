package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the server on a cluster and notices where it gives up. */
final class PostgresServer {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private PostgresServer() {}

  /** @throws DevException NOT_STARTED, NO_SPACE or PORT_TAKEN, with what the server said */
  static EmbeddedPostgres start(PostgresFolder folder, int port, Map<String, String> settings) {
    var messages = folder.messages();
    var task = new FutureTask<>(() -> {
      var builder = EmbeddedPostgres.builder().setDataDirectory(folder.cluster()).setCleanDataDirectory(false)
          .setRegisterShutdownHook(false).setPort(port).setPGStartupWait(PATIENCE)
          // A file, and not a pipe: it outlives this process, as the server does.
          .setOutputRedirector(ProcessBuilder.Redirect.appendTo(messages.toFile()))
          .setErrorRedirector(ProcessBuilder.Redirect.appendTo(messages.toFile()));
      settings.forEach(builder::setServerConfig);
      return builder.start();
    });
    try {
      Files.deleteIfExists(messages);
      var starter = Thread.ofPlatform().name("postgres-start").daemon().start(task);
      return await(task, starter, folder, port);
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE,
          "PostgreSQL's folder " + folder.folder() + " cannot be written: " + e, e);
    }
  }

  private static EmbeddedPostgres await(FutureTask<EmbeddedPostgres> task, Thread starter,
      PostgresFolder folder,
      int port) throws IOException {
    while (true) {
      try {
        return task.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // The library waits its full time for a server that has given up already.
        if (hasGivenUp(folder.messages())) {
          abandon(task, starter);
          throw failure(folder, port, e);
        }
      } catch (ExecutionException e) {
        throw failure(folder, port, e.getCause() == null ? e : e.getCause());
      } catch (InterruptedException e) {
        starter.interrupt();
        Thread.currentThread().interrupt();
        throw new DevException(Code.NOT_STARTED, "the start of PostgreSQL was interrupted", e);
      }
    }
  }

  private static boolean hasGivenUp(Path messages) throws IOException {
    return Files.exists(messages) && Files.readString(messages).contains("could not start server");
  }

  /** Interrupted, the library answers as if the server ran; closing that gives the files back. */
  private static void abandon(FutureTask<EmbeddedPostgres> task, Thread starter) throws IOException {
    starter.interrupt();
    try {
      task.get().close();
    } catch (ExecutionException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static DevException failure(PostgresFolder folder, int port, Throwable cause) throws IOException {
    var said = said(folder.messages());
    if (said.contains("Address already in use")) {
      return Ports.taken(port, "Postgres", new IOException(said, cause));
    }
    if (said.contains("No space left on device")) {
      return new DevException(Code.NO_SPACE,
          "PostgreSQL has no room on the disk of " + folder.folder() + " (" + said
              + "): make room, or choose another folder with --data-dir",
          cause);
    }
    return new DevException(Code.NOT_STARTED, "PostgreSQL did not start on " + folder.folder() + ": "
        + (said.isEmpty() ? String.valueOf(cause.getMessage()) : said) + " (its messages are in "
        + folder.messages() + ")",
        cause);
  }

  private static String said(Path messages) throws IOException {
    if (!Files.exists(messages)) {
      return "";
    }
    return Files.readAllLines(messages).stream()
        .filter(line -> line.contains("FATAL") || line.contains("could not bind") || line.contains("PANIC")
            || line.contains("error:"))
        .findFirst().map(String::strip).orElse("");
  }
}
