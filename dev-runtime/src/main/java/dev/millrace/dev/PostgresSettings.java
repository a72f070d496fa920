package dev.millrace.dev;

import java.util.Map;

/** The server's settings: what was committed is kept, and logical replication is on. */
final class PostgresSettings {
  static final Map<String, String> DEFAULTS = Map.ofEntries(
      // The library that starts the server turns these two off.
      Map.entry("fsync", "on"), Map.entry("synchronous_commit", "on"), Map.entry("full_page_writes", "on"),
      Map.entry("wal_level", "logical"), Map.entry("max_replication_slots", "20"),
      Map.entry("max_wal_senders", "20"),
      // Where a slot is lost, the relay orders what is left in the outbox by the time of its commit.
      Map.entry("track_commit_timestamp", "on"),
      // An abandoned slot would otherwise keep the write-ahead log until the disk is full.
      Map.entry("max_slot_wal_keep_size", "2GB"), Map.entry("max_wal_size", "2GB"),
      Map.entry("listen_addresses", Ports.HOST), Map.entry("unix_socket_directories", "''"),
      Map.entry("max_connections", "200"), Map.entry("shared_buffers", "128MB"), Map.entry("jit", "off"));

  private PostgresSettings() {}
}
