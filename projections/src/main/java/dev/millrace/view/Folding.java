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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One pass of a batch, or of the batches of a whole history, over the rows they change, in memory. Begun anew for each attempt
 * to write; used once, by one thread. Each event changes all of its rows or, where one of its folds throws, none.
 */
final class Folding<R extends Record> {
  /** A parked record's objects, beside what it holds. */
  private static final int RECORD_BYTES = 400;

  /** Where changes go whose rows are not folded here. */
  interface Elsewhere<R extends Record> {
    /** Whether the row of this key is not folded here. */
    boolean has(RowKey key);

    /** Takes an event that changes rows which are not folded here; it has changed those that are. */
    void take(LogRecord record, List<Decoded.Keyed<R>> changes);
  }

  /** The row of a key: as it was before the pass, and as it is by now; each null where there is none. */
  private static final class Slot<R extends Record> {
    private final @Nullable R before;
    private @Nullable R now;

    private Slot(@Nullable R before) {
      this.before = before;
      this.now = before;
    }
  }

  /** How many events of a partition were applied. */
  private static final class Count {
    private int events;
  }

  private final Projection<R> projection;
  private final Map<RowKey, R> before;
  private final ParkedKeys parkedKeys;
  private @Nullable Elsewhere<R> elsewhere;
  private final Map<RowKey, Slot<R>> slots = new HashMap<>();
  private final Map<Partition, Count> counts = new HashMap<>();
  private List<ParkedRecord> parked = new ArrayList<>();
  private long parkedBytes;
  private @Nullable Partition counting;
  private Count count = new Count();

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
        case Decoded.Faulty<R>(var record, var failure) ->
          park(new ParkedRecord(record, failure));
        case Decoded.Changes<R>(var record, _, var changes) -> {
          if (parkedKeys.waits(record)) {
            keep(new ParkedRecord(record, Failure.follows(record)));
          } else {
            apply(record, changes);
          }
        }
      }
    }
  }

  private void apply(LogRecord record, List<Decoded.Keyed<R>> changes) {
    try {
      if (change(changes) && elsewhere != null)
        elsewhere.take(record, changes);
      count(record.partition());
    } catch (FoldFailed e) {
      park(new ParkedRecord(record, Failure.of(record, Failure.FOLD_FAILED, e.cause)));
    }
  }

  private void count(Partition partition) {
    if (!partition.equals(counting)) { // records of a partition stand together
      counting = partition;
      count = counts.computeIfAbsent(partition, _ -> new Count());
    }
    count.events++;
  }

  /** A function of the projection threw; nothing is changed. */
  static final class FoldFailed extends Exception {
    private static final long serialVersionUID = 1;

    private final RuntimeException cause;

    FoldFailed(RuntimeException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /**
   * Makes all changes whose rows are folded here, or none.
   *
   * @return whether there are others
   */
  boolean change(List<Decoded.Keyed<R>> changes) throws FoldFailed {
    boolean others = false;
    var undo = changes.size() == 1 ? null : new ArrayList<Runnable>(changes.size());
    try {
      for (var change : changes) {
        if (elsewhere != null && elsewhere.has(change.key())) {
          others = true;
          continue;
        }
        var slot = slot(change.key());
        var was = slot.now;
        slot.now = changed(change, was);
        if (undo != null)
          undo.add(() -> slot.now = was);
      }
    } catch (RuntimeException e) {
      if (undo != null)
        undo.reversed().forEach(Runnable::run);
      throw new FoldFailed(e);
    }
    return others;
  }

  private Slot<R> slot(RowKey key) {
    var slot = slots.get(key);
    if (slot == null) {
      slot = new Slot<>(before.get(key));
      slots.put(key, slot);
    }
    return slot;
  }

  private @Nullable R changed(Decoded.Keyed<R> keyed, @Nullable R was) {
    return switch (keyed.change()) {
      case Change.Remove<R> remove -> null;
      case Change.Fold<R>(var given, var step) ->
        folded(keyed.key(), was, step.apply(was == null ? projection.fresh(given) : was));
    };
  }

  private R folded(RowKey key, @Nullable R was, @Nullable R row) {
    if (row == null)
      throw new IllegalArgumentException("the fold of " + key + " answers null");
    return projection.mapping().canonical(row, key, was);
  }

  /** How many keys were looked at so far. */
  int keys() {
    return slots.size();
  }

  /** About how much memory the records take that are kept aside so far. */
  long parkedBytes() {
    return parkedBytes;
  }

  /** The row of a key that was changed; null where there is none, or no more. */
  @Nullable
  R row(RowKey key) {
    var slot = slots.get(key);
    return slot == null ? null : slot.now;
  }

  /** All rows there are by now of the keys that were changed, in no order. */
  Collection<R> rows() {
    var rows = new ArrayList<R>(slots.size());
    for (var slot : slots.values()) {
      if (slot.now != null)
        rows.add(slot.now);
    }
    return rows;
  }

  /** Takes up a row that an earlier pass came to. */
  void put(RowKey key, R row) {
    slot(key).now = row;
  }

  /** From here on leaves the rows that this has to it. */
  void leaveTo(Elsewhere<R> elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Gives away the rows of all keys that are folded elsewhere by now. */
  void leave(Consumer<R> taker) {
    var all = slots.entrySet().iterator();
    while (all.hasNext()) {
      var one = all.next();
      if (elsewhere != null && elsewhere.has(one.getKey())) {
        if (one.getValue().now != null)
          taker.accept(one.getValue().now);
        all.remove();
      }
    }
  }

  private void keep(ParkedRecord record) {
    parked.add(record);
    parkedBytes += RECORD_BYTES + record.failure().message().length() + record.failure().stack().length()
        + record.record().payload().length;
  }

  private void park(ParkedRecord record) {
    keep(record);
    parkedKeys.add(record.record());
  }

  /** What was parked since this was last asked. */
  List<ParkedRecord> takeParked() {
    var taken = parked;
    parked = new ArrayList<>();
    parkedBytes = 0;
    return taken;
  }

  /** How many events of each partition were applied since this was last asked. */
  Map<Partition, Integer> takeEvents() {
    var events = new HashMap<Partition, Integer>();
    counts.forEach((partition, count) -> events.put(partition, count.events));
    counts.clear();
    counting = null;
    return events;
  }

  /** What all of it comes to. */
  Outcome<R> outcome() {
    var inserts = new TreeMap<RowKey, R>();
    var updates = new TreeMap<RowKey, R>();
    var deletes = new ArrayList<RowKey>();
    slots.forEach((key, slot) -> {
      var row = slot.now;
      if (row == null) {
        if (slot.before != null)
          deletes.add(key);
      } else if (slot.before == null) {
        inserts.put(key, row);
      } else if (!row.equals(slot.before)) {
        updates.put(key, row);
      }
    });
    deletes.sort(null);
    return new Outcome<>(inserts, updates, deletes, inserts.size() - deletes.size(), parked, parkedKeys,
        takeEvents());
  }
}
