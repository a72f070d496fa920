package dev.millrace.log.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A random history of one stream: a few keys have most of the entries, as in life, and each entry's id says its key and
 * its place among the entries of that key.
 */
public record History(List<LogEntry> entries) {
  private static final int MAX_PADDING = 200;

  public History { entries = List.copyOf(entries); }

  /** A new stream, which no other property and no earlier run has used. */
  public static StreamName newStream(EventLog log, String name, int partitions) {
    var stream = StreamName.of("tck." + name + "." + UUID.randomUUID());
    log.create(stream, partitions);
    return stream;
  }

  public static History random(Random random, StreamName stream, int size) {
    return random(random, stream, size, "k");
  }

  /** @param keys what the keys begin with: histories of two writers have no key in common */
  static History random(Random random, StreamName stream, int size, String keys) {
    var places = new LinkedHashMap<String, Integer>();
    var entries = new ArrayList<LogEntry>(size);
    for (var i = 0; i < size; i++) {
      var key = keys + (int) Math.abs(random.nextGaussian() * 8);
      var place = places.merge(key, 1, Integer::sum);
      entries.add(entry(stream, key, key + "#" + place, random.nextInt(MAX_PADDING)));
    }
    return new History(entries);
  }

  static LogEntry entry(StreamName stream, String key, String id, int padding) {
    var envelope = Envelope.of(id, "/tck", "tck.Thing", Instant.EPOCH, key);
    return new LogEntry(stream, key, envelope, (id + " ".repeat(padding)).getBytes(UTF_8));
  }

  public List<String> ids() {
    return entries.stream().map(entry -> entry.envelope().id()).toList();
  }

  public Map<String, List<String>> idsByKey() {
    var ids = new LinkedHashMap<String, List<String>>();
    entries.forEach(
        entry -> ids.computeIfAbsent(entry.key(), _ -> new ArrayList<>()).add(entry.envelope().id()));
    return ids;
  }

  /** The ids of records by key as they were read; of one that was repeated, the first. */
  public static Map<String, List<String>> idsByKey(List<LogRecord> records) {
    var ids = new LinkedHashMap<String, LinkedHashSet<String>>();
    records.forEach(record -> ids.computeIfAbsent(record.key(), _ -> new LinkedHashSet<>()).add(id(record)));
    var lists = new LinkedHashMap<String, List<String>>();
    ids.forEach((key, of) -> lists.put(key, List.copyOf(of)));
    return lists;
  }

  public static List<String> ids(List<LogRecord> records) {
    return records.stream().map(History::id).toList();
  }

  static String id(LogRecord record) {
    return record.envelope().id();
  }
}
