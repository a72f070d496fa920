package dev.millrace.dev;

import java.util.Map;

/** The server's settings: quick, and with room for many streams. */
final class KinesisSettings {
  static final Map<String, String> DEFAULTS = Map.ofEntries(
      // Which of its two servers is which, for the script that puts them on the loopback interface and a free port.
      Map.entry("KINESIS_MOCK_TLS_PORT", "1"), Map.entry("KINESIS_MOCK_PLAIN_PORT", "2"),
      Map.entry("PERSIST_INTERVAL", "1s"), Map.entry("SHARD_LIMIT", "100000"), Map.entry("LOG_LEVEL", "WARN"),
      Map.entry("CREATE_STREAM_DURATION", "10ms"), Map.entry("DELETE_STREAM_DURATION", "10ms"),
      Map.entry("SPLIT_SHARD_DURATION", "10ms"), Map.entry("MERGE_SHARDS_DURATION", "10ms"),
      Map.entry("UPDATE_SHARD_COUNT_DURATION", "10ms"),
      Map.entry("REGISTER_STREAM_CONSUMER_DURATION", "10ms"),
      Map.entry("DEREGISTER_STREAM_CONSUMER_DURATION", "10ms"));

  private KinesisSettings() {}
}
