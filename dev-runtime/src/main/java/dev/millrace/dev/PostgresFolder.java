package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The folder of a server: the cluster in use, its name in the file {@code current}, and the server's messages. A cluster is
 * current only once its server has answered: one that a kill left half made is cleared away.
 *
 * @param folder the folder of the server
 * @param cluster the folder that PostgreSQL calls its data directory
 */
record PostgresFolder(Path folder, Path cluster) {
  private static final String CURRENT = "current";
  private static final String CLUSTERS = "cluster-";

  /** The PostgreSQL whose clusters this one reads. */
  private static final String VERSION = "18";

  /** @throws DevException OTHER_VERSION, UNWRITABLE, or FOLDER_IN_USE where a leftover server does not stop */
  static PostgresFolder open(Path folder) {
    try {
      requireOurs(folder);
      stopLeftovers(folder);
      var current = folder.resolve(CURRENT);
      if (Files.exists(current)) {
        var cluster = folder.resolve(Files.readString(current).strip());
        requireVersion(cluster);
        return new PostgresFolder(folder, cluster);
      }
      for (var halfMade : clusters(folder)) {
        DataFolder.delete(halfMade);
      }
      return new PostgresFolder(folder, Files.createTempDirectory(folder, CLUSTERS));
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE,
          "PostgreSQL's folder " + folder + " cannot be read or written: " + e, e);
    }
  }

  /** Stops what a killed process left running on any cluster of the folder. */
  static void stopLeftovers(Path folder) throws IOException {
    for (var cluster : clusters(folder)) {
      Postmaster.stopLeftover(cluster);
    }
  }

  /** Says that the cluster is whole: from now on it is the one. */
  void settle() throws IOException {
    DataFolder.write(folder.resolve(CURRENT), cluster.getFileName() + "\n");
  }

  /** What the server says, since its last start. */
  Path messages() {
    return folder.resolve("postgres.log");
  }

  private static List<Path> clusters(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(CLUSTERS)).toList();
    }
  }

  private static void requireOurs(Path folder) throws IOException {
    if (Files.exists(folder.resolve("PG_VERSION"))) {
      throw new DevException(Code.OTHER_VERSION, "the folder " + folder
          + " is a PostgreSQL data directory that was not made here; choose an empty folder with --data-dir");
    }
  }

  private static void requireVersion(Path cluster) throws IOException {
    var version = Files.readString(cluster.resolve("PG_VERSION")).strip();
    if (!version.equals(VERSION)) {
      throw new DevException(Code.OTHER_VERSION,
          "the folder " + cluster + " was written by PostgreSQL " + version
              + ", and this is " + VERSION
              + ": bring it over with pg_upgrade, or choose another folder with --data-dir");
    }
  }
}
