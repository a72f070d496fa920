package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.StreamQueue.Outcomes;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one stream whose outcome is not certain, in the order in which they were added, and what their callers are
 * told of it. One is unsettled until its caller was told without an error. Owned by one thread at a time.
 */
final class Unsettled {
  private final StreamName stream;
  private final KinesisFailures failures;
  private final Outcomes outcomes;
  private final AfterFailure afterFailure;
  private final long patience;
  private final LinkedHashSet<Outgoing> entries = new LinkedHashSet<>();
  private long added;
  private @Nullable LogException failure;

  Unsettled(StreamName stream, KinesisFailures failures, Outcomes outcomes, AfterFailure afterFailure) {
    this.stream = stream;
    this.failures = failures;
    this.outcomes = outcomes;
    this.afterFailure = afterFailure;
    this.patience = failures.config().deliveryTimeout().toNanos();
  }

  /** @throws LogException where an entry has failed and no more is to follow it */
  void add(Outgoing entry, long now) {
    var before = failure;
    if (before != null && afterFailure == AfterFailure.STOP)
      throw behind(entry, before);
    entry.added(++added, now);
    entries.add(entry);
  }

  /** The number of the last entry that was added. */
  long lastAdded() {
    return added;
  }

  /** All entries up to this number are settled. */
  long settledUpTo() {
    return entries.isEmpty() ? added : entries.getFirst().number() - 1;
  }

  boolean isLate(Outgoing entry, long now) {
    return entry.addedAt() + patience <= now;
  }

  /** When the first of them is late that is not yet. */
  long nextLateAt(long now) {
    return entries.isEmpty() || isLate(entries.getFirst(), now)
        ? KeyQueues.NEVER
        : entries.getFirst().addedAt() + patience;
  }

  /** The keys of those that are late. */
  List<String> lateKeys(long now) {
    return entries.stream().takeWhile(entry -> isLate(entry, now)).map(Outgoing::key).distinct().toList();
  }

  void appended(Outgoing entry, Partition shard, String sequence, int index) {
    outcomes.appended(entry,
        new Receipt(shard, Place.record(sequence, index).position(), entry.eventId(), entry.since()));
    entries.remove(entry);
  }

  /** The first of these waited for too long. The others wait behind it on its key, and would overtake it if it is sent again. */
  void expired(List<Outgoing> ofKey) {
    var first = ofKey.getFirst();
    var last = first.lastFailure();
    failed(ofKey, 1, new RefusedRecord("it was not acknowledged within the delivery timeout of "
        + failures.config().deliveryTimeout().toSeconds() + " s"
        + (last == null ? ", as the shard is busy" : ", at last as " + last.getMessage()), last));
  }

  /**
   * These entries of a key, in their order, will not be in the log, or nobody knows.
   *
   * @param tried how many of them the cause is about; the others wait behind those
   */
  void failed(List<Outgoing> ofKey, int tried, Throwable cause) {
    var known = failures.of(
        "appending to the stream " + stream + " under the key '" + ofKey.getFirst().key() + "'", cause);
    for (var index = 0; index < ofKey.size(); index++) {
      var entry = ofKey.get(index);
      var told = index < tried ? known : behind(entry, known);
      if (failure == null)
        failure = told;
      outcomes.failed(entry, told);
      entries.remove(entry);
    }
  }

  void abandon(Throwable cause) {
    List.copyOf(entries).forEach(entry -> failed(List.of(entry), 1, cause));
  }

  private LogException behind(Outgoing entry, LogException before) {
    return new LogException(before.code(), "appending to the stream " + stream + " under the key '"
        + entry.key() + "' was not tried, as it would overtake an earlier append that failed: "
        + before.getMessage(), before);
  }
}
