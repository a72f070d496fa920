package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import dev.millrace.view.RebuildProgress.Done;
import dev.millrace.view.RebuildProgress.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what a rebuild does: written by the thread that does it, and read by any. Whoever watches is told about once a second. */
final class RebuildMeter {
  private static final double SECOND = 1e9;
  /** What was so many seconds ago counts a third of what is now. */
  private static final double SMOOTH_SECONDS = 5;

  private static final long TELL_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final Consumer<RebuildProgress> watcher;
  private long told = System.nanoTime();
  private final Map<Partition, Long> read = new ConcurrentHashMap<>();
  private volatile Map<Partition, Long> expected = Map.of();
  private volatile OptionalLong total = OptionalLong.empty();
  private volatile boolean writing;
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile long spilled;
  private volatile int buckets;
  private volatile int folded;
  private volatile double perSecond;
  private long since;
  private long recordsSince;

  RebuildMeter() {
    this(_ -> {});
  }

  /** @param watcher called by the thread that does it: what it throws ends that */
  RebuildMeter(Consumer<RebuildProgress> watcher) {
    this.watcher = watcher;
  }

  /** Goes on after what an earlier process has done. */
  void begin(Manifest manifest) {
    read.clear();
    writing = false;
    records.set(manifest.records());
    bytes.set(manifest.bytes());
    spilled = manifest.files().values().stream().mapToLong(Long::longValue).sum();
    folded = manifest.folded().size();
    since = System.nanoTime();
    recordsSince = records.get();
  }

  /** Asks the log how much there is to read, where it knows without reading. */
  void expect(EventLog log, Set<StreamName> streams, Cursor from) {
    if (log.repeats()) // it would count, and no further than it has to
      return;
    expected = Map.copyOf(log.lags(streams, from));
    total = OptionalLong.of(records.get() + expected.values().stream().mapToLong(Long::longValue).sum());
  }

  /** Counts a poll, and answers when the last record of each of its partitions was appended. */
  Map<Partition, Instant> read(List<? extends Decoded<?>> decoded) {
    var appended = new HashMap<Partition, Instant>();
    int begun = 0;
    long payloads = 0;
    for (int i = 0; i < decoded.size(); i++) {
      var record = decoded.get(i).record();
      payloads += record.payload().length;
      // Records of a partition stand together: looked up once for each, not for each record.
      if (i + 1 == decoded.size() || !record.partition().equals(decoded.get(i + 1).record().partition())) {
        appended.put(record.partition(), record.appendedAt());
        read.merge(record.partition(), (long) (i + 1 - begun), Long::sum);
        begun = i + 1;
      }
    }
    bytes.addAndGet(payloads);
    records.addAndGet(decoded.size());
    smooth();
    if (System.nanoTime() - told > TELL_EVERY_NANOS) {
      told = System.nanoTime();
      watcher.accept(progress(Phase.FOLDING, false, ""));
    }
    return appended;
  }

  private void smooth() {
    long now = System.nanoTime();
    double seconds = (now - since) / SECOND;
    if (seconds < 0.1)
      return;
    double lately = (records.get() - recordsSince) / seconds;
    double before = perSecond;
    double weight = before == 0 ? 1 : 1 - Math.exp(-seconds / SMOOTH_SECONDS);
    perSecond = before + weight * (lately - before);
    since = now;
    recordsSince = records.get();
  }

  void spilled(int inBuckets, long ofBytes) {
    buckets = inBuckets;
    spilled = ofBytes;
  }

  void folded(int ofBuckets) {
    folded = ofBuckets;
  }

  void writing() {
    writing = true;
  }

  long records() {
    return records.get();
  }

  long bytes() {
    return bytes.get();
  }

  RebuildProgress progress(Phase phase, boolean paused, String inOrder) {
    var partitions = new HashMap<Partition, Done>();
    read.forEach((partition, count) -> partitions.put(partition, new Done(count, expected(partition))));
    expected.keySet()
        .forEach(partition -> partitions.putIfAbsent(partition, new Done(0, expected(partition))));
    var now = phase == Phase.FOLDING && writing ? Phase.COPYING : phase;
    return new RebuildProgress(now, paused, records.get(), total, perSecond,
        now == Phase.FOLDING ? left() : Optional.empty(),
        bytes.get(), spilled, buckets, folded, inOrder, partitions);
  }

  private OptionalLong expected(Partition partition) {
    var count = expected.get(partition);
    return count == null ? OptionalLong.empty() : OptionalLong.of(count);
  }

  private Optional<Duration> left() {
    if (total.isEmpty() || perSecond < 1)
      return Optional.empty();
    return Optional
        .of(Duration.ofSeconds((long) (Math.max(0, total.getAsLong() - records.get()) / perSecond)));
  }
}
