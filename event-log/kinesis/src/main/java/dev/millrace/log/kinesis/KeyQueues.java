package dev.millrace.log.kinesis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What waits to be put into a stream, by key; the keys that are ready are in their lanes. Owned by one thread at a time. */
final class KeyQueues {
  static final long NEVER = Long.MAX_VALUE;

  private final ShardLanes lanes;
  private final Map<String, KeyQueue> keys = new HashMap<>();
  private long bytes;
  private long readySince = NEVER;

  KeyQueues(ShardLanes lanes) {
    this.lanes = lanes;
  }

  /** The bytes of all that waits, ready or not. */
  long bytes() {
    return bytes;
  }

  /** When the oldest entry was added that became ready since nothing was; {@link #NEVER} where nothing is. */
  long readySince() {
    return lanes.readyKeys() == 0 ? NEVER : readySince;
  }

  /** The entry is to go after all of its key. */
  void add(Outgoing entry) {
    bytes += entry.bytes();
    var key = of(entry);
    key.waiting().add(entry);
    if (!key.isHeld() && key.waiting().size() == 1)
      ready(key);
  }

  /** The entries wait no more, but are in flight. */
  void sent(PutCall call) {
    call.items().forEach(item -> item.entries().forEach(entry -> bytes -= entry.bytes()));
  }

  /** What was in flight in vain is to go before all of its key, in the order that it had. The keys are still held. */
  void putBack(List<Outgoing> entries) {
    for (var entry : entries.reversed()) {
      of(entry).waiting().addFirst(entry);
      bytes += entry.bytes();
    }
  }

  /** All that waits on the key, in order; it waits no more. The key is held by what failed before it. */
  List<Outgoing> drain(String name) {
    var key = keys.get(name);
    return key == null ? List.of() : drain(key);
  }

  /**
   * Lets the keys of what was in flight go on. Where the first of a key is late by now, nothing of that key goes anywhere.
   *
   * @param told hears of all that waited on a key whose first is late, in order
   */
  void release(List<Outgoing> entries, Predicate<Outgoing> late, Consumer<List<Outgoing>> told) {
    var released = new TreeSet<String>();
    for (var entry : entries) {
      if (released.add(entry.key())) {
        var key = of(entry);
        key.release();
        dropLate(key, late, told);
        if (key.waiting().isEmpty())
          keys.remove(entry.key());
        else
          ready(key);
      }
    }
  }

  /** As {@link #release}, of a key of which nothing need be in flight; where something is, nothing happens. */
  void dropLate(String name, Predicate<Outgoing> late, Consumer<List<Outgoing>> told) {
    var key = keys.get(name);
    if (key == null || key.isHeld())
      return;
    dropLate(key, late, told);
    if (key.waiting().isEmpty()) {
      keys.remove(name);
      lanes.remove(key);
    }
  }

  private void dropLate(KeyQueue key, Predicate<Outgoing> late, Consumer<List<Outgoing>> told) {
    if (!key.waiting().isEmpty() && late.test(key.waiting().getFirst()))
      told.accept(drain(key));
  }

  private List<Outgoing> drain(KeyQueue key) {
    var drained = List.copyOf(key.waiting());
    key.waiting().clear();
    drained.forEach(entry -> bytes -= entry.bytes());
    return drained;
  }

  void clear() {
    keys.clear();
    lanes.clear();
    bytes = 0;
  }

  private KeyQueue of(Outgoing entry) {
    return keys.computeIfAbsent(entry.key(), _ -> new KeyQueue(entry.hashKey()));
  }

  private void ready(KeyQueue key) {
    readySince = Math.min(readySince(), key.waiting().getFirst().addedAt());
    lanes.ready(key);
  }
}
