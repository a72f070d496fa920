package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Temporary data folders carry the id of the process that made them. A process that was killed leaves its folders, and
 * its PostgreSQL, behind: whoever makes the next one clears them away.
 */
final class TemporaryFolders {
  private static final Pattern NAME = Pattern.compile("millrace-(kafka|postgres|kinesis|dev)-(\\d+)-.*");

  private TemporaryFolders() {}

  static Path create(String server) {
    var parent = Path.of(System.getProperty("java.io.tmpdir"));
    sweep(parent);
    try {
      return Files.createTempDirectory(parent,
          "millrace-" + server.toLowerCase(Locale.ROOT) + "-" + ProcessHandle.current().pid() + "-");
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE, "no temporary folder for " + server + " in " + parent + " (" + e
          + "): set -Djava.io.tmpdir to a folder that can be written to", e);
    }
  }

  private static void sweep(Path parent) {
    try (var folders = Files.newDirectoryStream(parent, "millrace-*")) {
      for (var folder : folders) {
        var name = NAME.matcher(folder.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty()) {
          PostgresFolder.stopLeftovers(folder);
          PostgresFolder.stopLeftovers(folder.resolve(DevRuntime.POSTGRES));
          DataFolder.delete(folder);
        }
      }
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(TemporaryFolders.class).warn("could not clear {}: {}", parent,
          e.toString());
    }
  }
}
