package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The npm package kinesis-local, installed once for the user, in the folder that holds caches. Starts that install it at
 * once each do so in a folder of their own; the first one done gives the package to all.
 *
 * @param folder the package: its {@code main.js} and certificate
 */
record KinesisPackage(Path folder) {
  static final String VERSION = "0.6.2";

  private static final Logger LOG = LoggerFactory.getLogger(KinesisPackage.class);
  private static final String NAME = "kinesis-local";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The package in the user's cache, installed where it is not there. */
  static KinesisPackage ready() {
    return in(cache());
  }

  /** @throws DevException NOT_STARTED where node or npm is missing or npm fails; UNWRITABLE */
  static KinesisPackage in(Path cache) {
    requireProgram("node");
    var place = cache.resolve(NAME + "-" + VERSION);
    var ready = new KinesisPackage(place.resolve("node_modules").resolve(NAME));
    if (!Files.exists(ready.main())) {
      requireProgram("npm");
      try {
        install(cache, place);
      } catch (IOException e) {
        throw new DevException(Code.UNWRITABLE, "the folder " + cache + " cannot be written to (" + e
            + "): give this user the right to, or choose another with the variable XDG_CACHE_HOME", e);
      }
    }
    return ready;
  }

  Path main() {
    return folder.resolve("main.js");
  }

  Path certificate() {
    return folder.resolve("server.json");
  }

  private static void install(Path cache, Path place) throws IOException {
    Files.createDirectories(cache);
    var own = Files.createTempDirectory(cache, NAME + "-new-");
    try {
      LOG.info("installing {} {} into {}", NAME, VERSION, place);
      npm(own);
      Files.move(own, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.exists(place))
        throw e;
      LOG.debug("another start was first to install {}", place);
    } finally {
      DataFolder.delete(own);
    }
  }

  private static void npm(Path into) throws IOException {
    var said = into.resolve("npm.log").toFile();
    var npm = new ProcessBuilder("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
        "--no-package-lock", "--no-save", "--prefix", into.toString(), NAME + "@" + VERSION)
        .redirectErrorStream(true).redirectOutput(said).start();
    npm.getOutputStream().close();
    try {
      if (npm.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && npm.exitValue() == 0)
        return;
      throw new DevException(Code.NOT_STARTED, "npm did not install " + NAME + " " + VERSION + ": "
          + lastError(said.toPath()) + "; mend that, or use a Kinesis elsewhere with --kinesis-endpoint");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevException(Code.NOT_STARTED, "the installation of " + NAME + " was interrupted", e);
    } finally {
      npm.destroyForcibly();
    }
  }

  private static String lastError(Path said) throws IOException {
    return Files.readAllLines(said).stream().filter(line -> line.contains("ERR") || line.contains("error"))
        .filter(line -> !line.contains("complete log")).reduce((_, last) -> last)
        .orElse("it gave no answer within " + PATIENCE.toMinutes() + " minutes");
  }

  private static void requireProgram(String name) {
    if (program(name).isEmpty())
      throw new DevException(Code.NOT_STARTED, "the local Kinesis needs " + name
          + ", which is not on the PATH: install Node.js 18 or newer, or use a Kinesis elsewhere with"
          + " --kinesis-endpoint");
  }

  private static Optional<Path> program(String name) {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return List.of(path.split(File.pathSeparator)).stream().filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
  }

  private static Path cache() {
    var chosen = System.getenv("XDG_CACHE_HOME");
    var caches = chosen == null || chosen.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache")
        : Path.of(chosen);
    return caches.toAbsolutePath().resolve("millrace");
  }
}
