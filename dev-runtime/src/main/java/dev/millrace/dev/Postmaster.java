package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's main process. It is not a part of this process, and outlives it where it is killed. */
final class Postmaster {
  private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);

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
    if (!Processes.gone(postmaster, Processes.PATIENCE)) {
      // Its children hold its shared memory, and another may not start while one of them is there.
      var children = postmaster.children().toList();
      postmaster.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      if (!Processes.gone(postmaster, Processes.PATIENCE)
          || !children.stream().allMatch(child -> Processes.gone(child, Processes.PATIENCE))) {
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
}
