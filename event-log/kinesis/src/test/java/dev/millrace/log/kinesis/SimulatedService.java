package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * A stream's service as far as a {@link StreamQueue} sees it, in a time of its own. Refuses, forgets, reshards and lists gaps
 * at random, and holds each call to the service's limits and to no key's being in flight twice.
 */
final class SimulatedService {
  private static final BigInteger HASH_KEYS = BigInteger.TWO.pow(128);
  private static final long MILLISECOND = ShardPace.SECOND / 1_000;

  /**
   * How much goes wrong, each in percent.
   *
   * @param refused records of a call that are refused
   * @param lost calls that fail and were not done
   * @param unanswered calls that fail and were done
   * @param resharded calls after which a shard is split or two are merged
   */
  record Chances(int refused, int lost, int unanswered, int resharded) {
    static final Chances NONE = new Chances(0, 0, 0, 0);

    static Chances random(Random random) {
      return new Chances(random.nextInt(91), random.nextInt(15), random.nextInt(15), random.nextInt(15));
    }
  }

  private final StreamName stream;
  private final KinesisLogConfig config;
  private final Random random;
  private final Chances chances;
  private final List<Shard> shards = new ArrayList<>();
  private final List<LogRecord> records = new ArrayList<>();
  private final PriorityQueue<Answer> underWay = new PriorityQueue<>(Comparator.comparingLong(Answer::at));
  private final Set<String> keysUnderWay = new HashSet<>();
  private final Map<Partition, Deque<Sent>> lastSecond = new HashMap<>();
  private final Set<String> alwaysRefused = new HashSet<>();
  private final Set<String> invalid = new HashSet<>();
  private long now;
  private long sequence;
  private long lastAppendAt;

  /** What the queue is told, at some time to come. */
  private record Answer(long at, PutCall call, Runnable told) {}

  private record Sent(long at, int bytes) {}

  SimulatedService(StreamName stream, KinesisLogConfig config, Random random, Chances chances) {
    this.stream = stream;
    this.config = config;
    this.random = random;
    this.chances = chances;
    open(Set.of(), BigInteger.ZERO, HASH_KEYS.subtract(BigInteger.ONE));
  }

  long now() {
    return now;
  }

  long lastAppendAt() {
    return lastAppendAt;
  }

  List<Shard> shards() {
    return List.copyOf(shards);
  }

  /** As the service lists them between the closing of a parent and the opening of its child: one is not there yet. */
  List<Shard> shardsWithGap() {
    var young = shards.stream().filter(one -> one.isOpen() && !one.parents().isEmpty()).toList();
    if (young.size() < 2)
      return shards();
    var missing = young.get(random.nextInt(young.size()));
    return shards.stream().filter(one -> !one.equals(missing)).toList();
  }

  /** What readers see, in the order in which it was appended. */
  List<LogRecord> records() {
    return records;
  }

  void refuse(String partitionKey) {
    alwaysRefused.add(partitionKey);
  }

  /** Any call that brings an entry with this id is refused whole. */
  void refuseCallsWith(String eventId) {
    invalid.add(eventId);
  }

  /** Does what there is to do now, or lets time pass until there is something. */
  void step(StreamQueue queue) {
    queue.expire(now);
    if (queue.wantsShards(now)) {
      switch (random.nextInt(4)) {
        case 0, 1 -> queue.reshard(shards(), now);
        case 2 -> queue.reshard(shardsWithGap(), now);
        default -> queue.shardsUnknown(now);
      }
    }
    if (queue.settledUpTo() == queue.lastAdded())
      return;
    queue.next(now).ifPresentOrElse(call -> take(call, queue), () -> pass(queue));
  }

  private void pass(StreamQueue queue) {
    var wake = queue.wakeAt(now);
    assertThat(wake).as("a queue that has nothing to do now").isGreaterThan(now);
    var next = underWay.peek();
    if (next == null || wake < next.at()) {
      assertThat(wake).as("a queue that waits for nothing").isLessThan(Long.MAX_VALUE);
      now = wake;
      return;
    }
    underWay.remove();
    now = next.at();
    next.call().items().forEach(item -> item.entries().forEach(entry -> keysUnderWay.remove(entry.key())));
    next.told().run();
  }

  private void take(PutCall call, StreamQueue queue) {
    check(call);
    var at = now + random.nextLong(MILLISECOND, 40 * MILLISECOND);
    if (happens(chances.lost())) {
      underWay.add(new Answer(at, call, () -> queue.failed(call, ApiCallTimeoutException.create(1), now)));
      return;
    }
    if (call.items().stream().flatMap(item -> item.entries().stream())
        .anyMatch(entry -> invalid.contains(entry.eventId()))) {
      var refusal = InvalidArgumentException.builder().message("simulated").statusCode(400).build();
      underWay.add(new Answer(at, call, () -> queue.failed(call, refusal, now)));
      return;
    }
    var answers = call.items().stream().map(this::put).toList();
    underWay.add(new Answer(at, call, happens(chances.unanswered())
        ? () -> queue.failed(call, ApiCallTimeoutException.create(1), now)
        : () -> queue.answered(call, answers, now)));
    if (happens(chances.resharded()))
      reshard();
  }

  private void check(PutCall call) {
    assertThat(call.items()).hasSizeBetween(1, config.maxCallRecords());
    var requests = call.items().stream().map(PutCall.Item::request).toList();
    assertThat(
        requests.stream().mapToInt(one -> one.data().asByteArray().length + one.partitionKey().length())
            .sum())
        .isLessThanOrEqualTo(config.maxCallBytes());
    for (var item : call.items()) {
      item.entries().stream().map(Outgoing::key).distinct()
          .forEach(key -> assertThat(keysUnderWay.add(key)).as("%s is in flight once", key).isTrue());
      var bytes = item.data().asByteArray().length + item.partitionKey().length();
      assertThat(bytes).isLessThanOrEqualTo(config.maxRecordBytes());
      checkPace(item.lane().shard().partition(), bytes);
    }
  }

  private void checkPace(Partition shard, int bytes) {
    var sent = lastSecond.computeIfAbsent(shard, _ -> new ArrayDeque<>());
    while (!sent.isEmpty() && sent.getFirst().at() <= now - ShardPace.SECOND)
      sent.removeFirst();
    sent.add(new Sent(now, bytes));
    assertThat(sent).as("records for %s within a second", shard).hasSizeLessThanOrEqualTo(1_000);
    assertThat(sent.stream().mapToInt(Sent::bytes).sum()).as("bytes for %s within a second", shard)
        .isLessThanOrEqualTo(1024 * 1024);
  }

  private PutRecordsResultEntry put(PutCall.Item item) {
    if (happens(chances.refused()) || alwaysRefused.contains(item.partitionKey()))
      return PutRecordsResultEntry.builder().errorCode("ProvisionedThroughputExceededException")
          .errorMessage("simulated").build();
    var hash = item.hashKey().orElseGet(() -> HashKey.of(item.partitionKey()));
    var shard = shards.stream().filter(one -> one.isOpen() && one.holds(hash)).findAny().orElseThrow();
    var number = Long.toString(++sequence);
    for (var part : KplAggregate.parts(shard, item.partitionKey(), item.data().asByteBuffer()))
      records.add(CloudEventFrame.decode(shard.partition(), Place.record(number, part.index()).position(),
          Instant.EPOCH, part.partitionKey(), part.data()));
    lastAppendAt = now;
    return PutRecordsResultEntry.builder().shardId(shard.partition().id()).sequenceNumber(number).build();
  }

  void reshard() {
    var open = shards.stream().filter(Shard::isOpen).sorted(Comparator.comparing(Shard::firstHash)).toList();
    var at = random.nextInt(open.size());
    var one = open.get(at);
    if (at > 0 && random.nextBoolean()) {
      var before = open.get(at - 1);
      close(before);
      close(one);
      open(Set.of(before.partition(), one.partition()), before.firstHash(), one.lastHash());
    } else {
      var middle = one.firstHash().add(one.lastHash()).shiftRight(1);
      close(one);
      open(Set.of(one.partition()), one.firstHash(), middle);
      open(Set.of(one.partition()), middle.add(BigInteger.ONE), one.lastHash());
    }
  }

  private void open(Set<Partition> parents, BigInteger first, BigInteger last) {
    shards.add(new Shard(new Partition(stream, "shard-" + shards.size()), parents, first, last,
        Long.toString(++sequence), Optional.empty()));
  }

  private void close(Shard shard) {
    shards.set(shards.indexOf(shard), new Shard(shard.partition(), shard.parents(), shard.firstHash(),
        shard.lastHash(), shard.firstSequence(), Optional.of(Long.toString(++sequence))));
  }

  private boolean happens(int percent) {
    return random.nextInt(100) < percent;
  }
}
