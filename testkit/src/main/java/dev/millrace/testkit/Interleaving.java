package dev.millrace.testkit;

import dev.millrace.log.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

/** Other orders in which records may be read: those of one stream key keep theirs. The same ones for the same seed. */
final class Interleaving {
  private record StreamKey(String stream, String key) {}

  private final Random random;

  Interleaving(long seed) {
    this.random = new Random(seed);
  }

  List<LogRecord> of(List<LogRecord> records) {
    var byKey = new LinkedHashMap<StreamKey, Deque<LogRecord>>();
    for (var record : records) {
      var key = new StreamKey(record.partition().stream().value(), record.key());
      byKey.computeIfAbsent(key, none -> new ArrayDeque<>()).add(record);
    }
    var waiting = new ArrayList<>(byKey.values());
    var shuffled = new ArrayList<LogRecord>(records.size());
    while (!waiting.isEmpty()) {
      int next = random.nextInt(waiting.size());
      shuffled.add(waiting.get(next).removeFirst());
      if (waiting.get(next).isEmpty())
        waiting.remove(next);
    }
    return shuffled;
  }

  /** The records in batches of random sizes. */
  List<List<LogRecord>> batches(List<LogRecord> records) {
    var batches = new ArrayList<List<LogRecord>>();
    for (int from = 0; from < records.size();) {
      int to = Math.min(records.size(), from + 1 + random.nextInt(10));
      batches.add(records.subList(from, to));
      from = to;
    }
    return batches;
  }
}
