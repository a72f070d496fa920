package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's main process. It is not a part of this process, and outlives it where it is killed. */
final class Postmaster {
  private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Postmaster() {}

  /**
   * Stops a postmaster that works on the folder, if there is one, and waits until it is gone.
   *
   * @throws DevException FOLDER_IN_USE where it does not go
   */
  static void stopLeftover(Path cluster) {
    var leftover = running(cluster);
    if (leftover.isEmpty()) {
      return;
    }
    var postmaster = leftover.get();
    LOG.info("stopping the PostgreSQL that a killed process left on {} (process {})", cluster,
        postmaster.pid());
    interrupt(postmaster);
    if (!gone(postmaster, PATIENCE)) {
      postmaster.destroyForcibly();
      if (!gone(postmaster, PATIENCE)) {
        throw new DevException(Code.FOLDER_IN_USE,
            "the PostgreSQL on " + cluster + " (process " + postmaster.pid()
                + ") does not stop: end that process and start again");
      }
    }
  }

  /** The postmaster that works on the folder by what it wrote there; its process id may have gone to a stranger. */
  static Optional<ProcessHandle> running(Path cluster) {
    var file = cluster.resolve("postmaster.pid");
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      var lines = Files.readAllLines(file);
      var process = lines.isEmpty()
          ? Optional.<ProcessHandle>empty()
          : ProcessHandle.of(Long.parseLong(lines.getFirst().trim()));
      return process.filter(handle -> handle.isAlive() && isPostgres(handle));
    } catch (IOException | NumberFormatException e) {
      LOG.warn("cannot read {}: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command()
        .map(command -> Path.of(command).getFileName().toString().startsWith("postgres"))
        .orElse(false);
  }

  /** Asks for a fast stop: sessions are ended, the data is brought to the disk. Java itself can only terminate. */
  private static void interrupt(ProcessHandle postmaster) {
    try {
      var kill = new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid())).inheritIO().start();
      if (kill.waitFor() == 0) {
        return;
      }
    } catch (IOException e) {
      LOG.debug("no kill on this system", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    postmaster.destroy();
  }

  private static boolean gone(ProcessHandle process, Duration patience) {
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      return !process.isAlive();
    }
  }
}
