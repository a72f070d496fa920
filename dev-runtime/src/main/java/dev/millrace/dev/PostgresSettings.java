package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The server's settings, and the version of PostgreSQL whose folders it reads. */
final class PostgresSettings {
  private static final String VERSION = "18";

  static final Map<String, String> DEFAULTS = Map.ofEntries(
      // The library that starts the server turns these two off.
      Map.entry("fsync", "on"), Map.entry("synchronous_commit", "on"), Map.entry("full_page_writes", "on"),
      Map.entry("wal_level", "logical"), Map.entry("max_replication_slots", "20"),
      Map.entry("max_wal_senders", "20"),
      // An abandoned slot would otherwise keep the write-ahead log until the disk is full.
      Map.entry("max_slot_wal_keep_size", "2GB"), Map.entry("max_wal_size", "2GB"),
      Map.entry("listen_addresses", Ports.HOST), Map.entry("unix_socket_directories", "''"),
      Map.entry("max_connections", "200"), Map.entry("shared_buffers", "128MB"), Map.entry("jit", "off"));

  private PostgresSettings() {}

  /** @throws DevException OTHER_VERSION where the folder is another version's, or holds something else */
  static void requireKnown(Path cluster) throws IOException {
    var mark = cluster.resolve("PG_VERSION");
    if (Files.exists(mark)) {
      var version = Files.readString(mark).trim();
      if (!version.equals(VERSION)) {
        throw new DevException(Code.OTHER_VERSION,
            "the folder " + cluster + " was written by PostgreSQL " + version
                + ", and this is " + VERSION
                + ": bring it over with pg_upgrade, or choose another folder with --data-dir");
      }
      return;
    }
    try (var files = Files.list(cluster)) {
      var stranger = files.findFirst();
      if (stranger.isPresent()) {
        throw new DevException(Code.OTHER_VERSION, "the folder " + cluster + " is not PostgreSQL's: it holds "
            + stranger.get().getFileName() + " but no PG_VERSION; choose an empty folder with --data-dir");
      }
    }
  }
}
