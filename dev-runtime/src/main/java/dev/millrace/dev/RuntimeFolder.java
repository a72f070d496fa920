package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands in a runtime's folder beside the servers' own: the version of its layout, and the ports it has. */
final class RuntimeFolder {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeFolder.class);
  private static final String VERSION_FILE = "VERSION";
  private static final String VERSION = "millrace-dev 1";
  private static final String LOG_FILE = "LOG";
  private static final String PORTS_FILE = "ports.properties";

  /** The ports that the servers get. */
  record Chosen(int kafka, int kinesis, int postgres, int registry) {}

  private RuntimeFolder() {}

  /** @throws DevException OTHER_VERSION where the folder was written by another version, or holds something else */
  static void requireVersion(Path folder) throws IOException {
    var file = folder.resolve(VERSION_FILE);
    if (Files.exists(file)) {
      var version = Files.readString(file).strip();
      if (!version.equals(VERSION)) {
        throw new DevException(Code.OTHER_VERSION, "the folder " + folder
            + " was written by another version ('" + version
            + "', and this one writes '" + VERSION
            + "'): start the version that wrote it, move the folder away, or choose another with --data-dir");
      }
      return;
    }
    try (var files = Files.list(folder)) {
      var stranger = files
          .filter(other -> !other.endsWith(FolderLock.FILE) && !other.endsWith(VERSION_FILE + ".new"))
          .findFirst();
      if (stranger.isPresent()) {
        throw new DevException(Code.OTHER_VERSION, "the folder " + folder + " was not made here: it holds "
            + stranger.get().getFileName() + " but no " + VERSION_FILE
            + "; choose an empty folder with --data-dir");
      }
    }
    DataFolder.write(file, VERSION + "\n");
  }

  /**
   * What the databases of a folder know of a log, its positions for one, holds for that log alone.
   *
   * @throws DevException OTHER_LOG where the folder was used with another log
   */
  static void requireLog(Path folder, String log) throws IOException {
    var file = folder.resolve(LOG_FILE);
    if (Files.notExists(file)) {
      DataFolder.write(file, log + "\n");
      return;
    }
    var before = Files.readString(file).strip();
    if (!before.equals(log)) {
      throw new DevException(Code.OTHER_LOG,
          "the folder " + folder + " belongs to another log (" + before + ", and not "
              + log + "): ask for that one, or choose another folder with --data-dir");
    }
  }

  /**
   * Chooses the ports and remembers them, so that addresses survive a restart. A remembered port that another program has
   * taken meanwhile gives way to a free one; a port that was asked for does not.
   *
   * @throws DevException PORT_TAKEN where a port that was asked for is taken
   */
  static Chosen ports(Path folder, int kafka, int postgres, int registry) throws IOException {
    var file = folder.resolve(PORTS_FILE);
    var known = new Properties();
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        known.load(reader);
      }
    }
    var chosen = new Chosen(port(kafka, known, "Kafka"), port(0, known, "Kinesis"),
        port(postgres, known, "Postgres"),
        port(registry, known, "Registry"));
    var ports = new TreeMap<>(
        Map.of("Kafka", chosen.kafka, "Kinesis", chosen.kinesis, "Postgres", chosen.postgres,
            "Registry", chosen.registry));
    var text = new StringBuilder();
    ports.forEach((server, port) -> text.append(server).append('=').append(port).append('\n'));
    DataFolder.write(file, text.toString());
    return chosen;
  }

  private static int port(int asked, Properties known, String server) {
    if (asked != 0) {
      Ports.requireFree(asked, server);
      return asked;
    }
    int before = number(known.getProperty(server, "0"));
    if (before != 0 && Ports.isFree(before)) {
      return before;
    }
    int port = Ports.free();
    if (before != 0) {
      LOG.warn("port {}, which {} had before, is taken by another program: it gets {}", before, server, port);
    }
    return port;
  }

  private static int number(String text) {
    try {
      return Ports.checked(Integer.parseInt(text.strip()));
    } catch (IllegalArgumentException e) {
      return 0; // somebody edited the file: as if nothing were remembered
    }
  }
}
