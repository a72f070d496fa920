package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a batch, or of the batches of a whole history, over the rows they change, in memory. Begun anew for each attempt
 * to write; used once, by one thread. Each event changes all of its rows or, where one of its folds throws, none.
 */
final class Folding<R extends Record> {
  /** A parked record's objects, beside what it holds. */
  private static final int RECORD_BYTES = 400;

  private final Projection<R> projection;
  private final Map<RowKey, R> before;
  private final ParkedKeys parkedKeys;
  private final Map<RowKey, @Nullable R> after = new HashMap<>();
  private final List<ParkedRecord> parked = new ArrayList<>();
  private final Map<Partition, Integer> events = new HashMap<>();
  private long parkedBytes;

  /**
   * A pass.
   *
   * @param before the rows there are, of all that the batch changes; not changed
   * @param parkedKeys the keys whose events wait; not changed
   */
  Folding(Projection<R> projection, Map<RowKey, R> before, ParkedKeys parkedKeys) {
    this.projection = projection;
    this.before = before;
    this.parkedKeys = parkedKeys.copy();
  }

  /** The keys of all rows that the batch may change. */
  static <R extends Record> Collection<RowKey> keys(List<Decoded<R>> batch) {
    var keys = new HashSet<RowKey>();
    for (var decoded : batch) {
      if (decoded instanceof Decoded.Changes<R> changes)
        changes.changes().forEach(change -> keys.add(change.key()));
    }
    return keys;
  }

  Outcome<R> fold(List<Decoded<R>> batch) {
    add(batch);
    return outcome();
  }

  /** Folds a batch after those before it. */
  void add(List<Decoded<R>> batch) {
    for (var decoded : batch) {
      switch (decoded) {
        case Decoded.Ignored<R> ignored -> {
        }
        case Decoded.Faulty<R>(var record, var reason, var message) ->
          park(new ParkedRecord(record, reason, message));
        case Decoded.Changes<R>(var record, var changes) -> {
          if (parkedKeys.waits(record)) {
            keep(ParkedRecord.follows(record));
          } else {
            apply(record, changes);
          }
        }
      }
    }
  }

  /** How many keys were changed so far. */
  int keys() {
    return after.size();
  }

  /** About how much memory the records take that are kept aside so far. */
  long parkedBytes() {
    return parkedBytes;
  }

  /** The row of a key that was changed; null where there is none, or no more. */
  @Nullable
  R row(RowKey key) {
    return after.get(key);
  }

  private void apply(LogRecord record, List<Decoded.Keyed<R>> changes) {
    var undo = new ArrayList<Runnable>(changes.size());
    try {
      for (var change : changes)
        undo.add(apply(change));
      events.merge(record.partition(), 1, Integer::sum);
    } catch (RuntimeException e) {
      undo.reversed().forEach(Runnable::run);
      park(new ParkedRecord(record, "FOLD_FAILED", ParkedRecord.message(record, e)));
    }
  }

  /** Makes one change, and answers what takes it back. */
  private Runnable apply(Decoded.Keyed<R> keyed) {
    var key = keyed.key();
    var latest = after.get(key);
    boolean touched = latest != null || after.containsKey(key);
    var previous = touched ? latest : before.get(key);
    after.put(key, switch (keyed.change()) {
      case Change.Remove<R> remove -> null;
      case Change.Fold<R>(var given, var step) ->
        folded(key, step.apply(previous == null ? projection.fresh(given) : previous));
    });
    return () -> {
      if (touched) {
        after.put(key, previous);
      } else {
        after.remove(key);
      }
    };
  }

  private R folded(RowKey key, @Nullable R row) {
    if (row == null)
      throw new IllegalArgumentException("the fold of " + key + " answers null");
    var mapping = projection.mapping();
    if (!mapping.hasKey(row, key)) {
      throw new IllegalArgumentException("the fold of " + key + " answers a row of another key: " + row);
    }
    return mapping.canonical(row);
  }

  private void keep(ParkedRecord record) {
    parked.add(record);
    parkedBytes += RECORD_BYTES + record.message().length() + record.record().payload().length;
  }

  private void park(ParkedRecord record) {
    keep(record);
    parkedKeys.add(record.record());
  }

  /** What all of it comes to. */
  Outcome<R> outcome() {
    var inserts = new TreeMap<RowKey, R>();
    var updates = new TreeMap<RowKey, R>();
    var deletes = new ArrayList<RowKey>();
    after.forEach((key, row) -> {
      var old = before.get(key);
      if (row == null) {
        if (old != null)
          deletes.add(key);
      } else if (old == null) {
        inserts.put(key, row);
      } else if (!row.equals(old)) {
        updates.put(key, row);
      }
    });
    deletes.sort(null);
    return new Outcome<>(inserts, updates, deletes, parked, parkedKeys, events);
  }
}
