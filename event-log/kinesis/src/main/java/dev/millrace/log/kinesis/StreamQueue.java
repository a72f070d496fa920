package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * What is to be put into one stream, and what may be put next, so that the entries of a key get there in their order (P1):
 * an attempt holds the keys of its entries until it is answered, and what was refused goes back to the head of its key's
 * queue. An entry that fails takes with it what waits behind it on its key. Knows neither the service nor a clock; times are
 * nanoseconds of the caller's, none negative. Owned by one thread at a time.
 */
final class StreamQueue {
  /** As many as keep the service busy on a long way, few enough that most entries wait and so share calls. */
  static final int MAX_CALLS = 8;
  private static final long LIST_AGAIN = ShardPace.SECOND / 5;
  private static final long NEVER = KeyQueues.NEVER;

  /** Hears of each entry's outcome, once unless it throws, and for the entries of one key in their order. */
  interface Outcomes {
    void appended(Outgoing entry, Receipt receipt);

    void failed(Outgoing entry, LogException failure);
  }

  private final StreamName stream;
  private final KinesisFailures failures;
  private final ShardLanes lanes;
  private final KeyQueues waiting;
  private final CallBuilder builder;
  private final long linger;
  private final Unsettled unsettled;
  private final Suspects suspects = new Suspects();
  private final List<Stray> strays = new ArrayList<>();
  private int callsInFlight;
  private int hurried;
  private long listAt = NEVER;

  /** An aggregate in a shard that was not there when it was made. */
  private record Stray(PutCall.Item item, Partition shard, String sequence) {}

  /** @throws LogException UNREACHABLE where none of the shards is open */
  StreamQueue(StreamName stream, KinesisFailures failures, List<Shard> shards, Outcomes outcomes,
      AfterFailure afterFailure, RandomGenerator random) {
    this.stream = stream;
    this.failures = failures;
    this.lanes = new ShardLanes(stream, shards, random);
    this.waiting = new KeyQueues(lanes);
    this.builder = new CallBuilder(failures.config());
    this.linger = failures.config().linger().toNanos();
    this.unsettled = new Unsettled(stream, failures, outcomes, afterFailure);
  }

  /** The number of the last entry that was added. */
  long lastAdded() {
    return unsettled.lastAdded();
  }

  /** All entries up to this number are settled. */
  long settledUpTo() {
    return unsettled.settledUpTo();
  }

  /** From now until as many calls of {@link #unhurry} no entry waits for others to share its call. */
  void hurry() {
    hurried++;
  }

  void unhurry() {
    hurried--;
  }

  /** @throws LogException where an entry has failed and {@link AfterFailure} has it that no more is to follow it */
  void add(Outgoing entry, long now) {
    unsettled.add(entry, now);
    waiting.add(entry);
  }

  /** The next call, which is to be sent now and then {@link #answered} or {@link #failed}. */
  Optional<PutCall> next(long now) {
    if (callsInFlight == MAX_CALLS)
      return Optional.empty();
    var again = suspects.next(now);
    if (again.isPresent()) {
      callsInFlight++;
      return again;
    }
    if (now < dueAt(now))
      return Optional.empty();
    var call = builder.build(List.copyOf(lanes.all()), now);
    call.ifPresent(made -> {
      callsInFlight++;
      waiting.sent(made);
    });
    return call;
  }

  /** When there may be something to do if nothing happens before. */
  long wakeAt(long now) {
    var wake = Math.min(listAt, unsettled.nextLateAt(now));
    if (callsInFlight < MAX_CALLS) {
      wake = Math.min(wake, suspects.nextRoomAt(now));
      var due = dueAt(now);
      for (var lane : lanes.all()) {
        if (!lane.ready().isEmpty())
          wake = Math.min(wake, Math.max(due, lane.nextRoomAt(now)));
      }
    }
    return wake;
  }

  /** When what is ready has waited for others for long enough, or now where a call would come out no larger. */
  private long dueAt(long now) {
    var since = waiting.readySince();
    if (since == NEVER)
      return NEVER;
    return hurried > 0 || isFull() ? now : since + linger;
  }

  private boolean isFull() {
    var config = failures.config();
    if (config.aggregation())
      return waiting.bytes() >= CallBuilder.AGGREGATE_BYTES;
    return waiting.bytes() >= config.maxCallBytes() || lanes.readyKeys() >= config.maxCallRecords();
  }

  /** The service answered a call: it has taken or refused each record of it. */
  void answered(PutCall call, List<PutRecordsResultEntry> answers, long now) {
    if (answers.size() != call.items().size()) {
      failed(call, new IllegalStateException(
          answers.size() + " answers to a call of " + call.items().size() + " records"), now);
      return;
    }
    callsInFlight--;
    var passed = new HashSet<ShardLane>();
    var refused = new HashMap<ShardLane, Boolean>();
    for (var i = 0; i < answers.size(); i++) {
      var item = call.items().get(i);
      var answer = answers.get(i);
      if (answer.errorCode() == null) {
        passed.add(item.lane());
        taken(item, new Partition(stream, answer.shardId()), answer.sequenceNumber(), now);
      } else {
        refused.merge(item.lane(), RefusedRecord.isThrottling(answer), Boolean::logicalOr);
        refused(item, new RefusedRecord(answer), now);
      }
    }
    passed.stream().filter(lane -> !refused.containsKey(lane)).forEach(lane -> lane.pace().passed(now));
    refused
        .forEach((lane, throttled) -> lane.pace().refused(throttled, !passed.contains(lane), now));
  }

  /** A call as a whole failed, or nobody knows whether it did. */
  void failed(PutCall call, Throwable thrown, long now) {
    callsInFlight--;
    if (KinesisFailures.isAboutRecords(thrown)) {
      narrow(call, thrown, now);
      return;
    }
    var passing = KinesisFailures.isPassing(thrown);
    var throttled = RefusedRecord.isThrottling(KinesisFailures.rootOf(thrown));
    for (var item : call.items()) {
      if (passing)
        refused(item, thrown, now);
      else
        fail(item, thrown, now);
    }
    call.items().stream().map(PutCall.Item::lane).distinct()
        .forEach(lane -> lane.pace().refused(throttled, true, now));
  }

  /** Nothing of the call was taken; only an entry that is refused alone is to fail for it. */
  private void narrow(PutCall call, Throwable thrown, long now) {
    var first = call.items().getFirst();
    if (call.items().size() > 1) {
      suspects.add(call.items());
    } else if (first.isAggregate()) {
      first.entries().forEach(Outgoing::separate);
      refused(first, thrown, now);
    } else {
      fail(first, thrown, now);
    }
  }

  private void taken(PutCall.Item item, Partition shard, String sequence, long now) {
    if (!shard.equals(item.lane().shard().partition())) {
      listAt = Math.min(listAt, now);
      if (item.isAggregate()) {
        strays.add(new Stray(item, shard, sequence));
        return;
      }
    }
    for (var index = 0; index < item.entries().size(); index++)
      unsettled.appended(item.entries().get(index), shard, sequence, index);
    release(item, now);
  }

  private void refused(PutCall.Item item, Throwable failure, long now) {
    item.entries().forEach(entry -> entry.attemptFailed(failure));
    waiting.putBack(item.entries());
    release(item, now);
  }

  /** Takes with it what waits on the same keys: if the caller tries these again, that would have overtaken them. */
  private void fail(PutCall.Item item, Throwable cause, long now) {
    var ofKeys = new LinkedHashMap<String, List<Outgoing>>();
    item.entries().forEach(entry -> ofKeys.computeIfAbsent(entry.key(), _ -> new ArrayList<>()).add(entry));
    ofKeys.forEach((key, ofKey) -> {
      var tried = ofKey.size();
      ofKey.addAll(waiting.drain(key));
      unsettled.failed(ofKey, tried, cause);
    });
    release(item, now);
  }

  private void release(PutCall.Item item, long now) {
    waiting.release(item.entries(), entry -> unsettled.isLate(entry, now), unsettled::expired);
  }

  /** Gives up what has waited for as long as an append may take. What is in flight is given its answer first. */
  void expire(long now) {
    for (var key : unsettled.lateKeys(now))
      waiting.dropLate(key, entry -> unsettled.isLate(entry, now), unsettled::expired);
  }

  /** Gives up everything, as no more can be sent. Nothing but {@link #settledUpTo} may be asked of it then. */
  void abandon(Throwable cause) {
    unsettled.abandon(cause);
    waiting.clear();
    suspects.clear();
    strays.clear();
  }

  /** Whether the shards have changed, so that {@link #reshard} is wanted, or {@link #shardsUnknown}; says so once. */
  boolean wantsShards(long now) {
    if (listAt > now)
      return false;
    listAt = NEVER;
    return true;
  }

  /** The shards cannot be listed for now: ask again in a while. */
  void shardsUnknown(long now) {
    listAt = now + LIST_AGAIN;
    settleStrays(now);
  }

  /** These are the shards now. Keys that wait go to where they belong; what an aggregate brought to a wrong shard goes again. */
  void reshard(List<Shard> shards, long now) {
    if (shards.stream().noneMatch(Shard::isOpen)) {
      shardsUnknown(now);
    } else {
      lanes.lay(shards);
      settleStrays(now);
    }
  }

  private void settleStrays(long now) {
    for (var stray : List.copyOf(strays)) {
      var shard = lanes.shard(stray.shard);
      if (shard.isEmpty() && !unsettled.isLate(stray.item.entries().getLast(), now)) {
        listAt = Math.min(listAt, now + LIST_AGAIN);
      } else {
        strays.remove(stray);
        settle(stray, shard, now);
      }
    }
  }

  /** Readers of the shard see only those entries whose hash key it holds. */
  private void settle(Stray stray, Optional<Shard> shard, long now) {
    var others = new ArrayList<Outgoing>();
    for (var index = 0; index < stray.item.entries().size(); index++) {
      var entry = stray.item.entries().get(index);
      if (shard.isPresent() && shard.get().holds(entry.hashKey()))
        unsettled.appended(entry, stray.shard, stray.sequence, index);
      else
        others.add(entry);
    }
    waiting.putBack(others);
    release(stray.item, now);
  }
}
