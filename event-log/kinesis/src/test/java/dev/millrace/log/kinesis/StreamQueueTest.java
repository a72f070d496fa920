package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.SimulatedService.Chances;
import dev.millrace.log.tck.History;
import dev.millrace.test.Randomized;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;

/** The order and the limits of calls, in simulated time. Each history has a seed of its own: the next number after the one before. */
class StreamQueueTest {
  private static final StreamName STREAM = StreamName.of("simulated");
  private static final int HISTORIES = Randomized.rounds(1_000);
  private static final long SEED = Randomized.seed();
  private static final long MILLISECOND = ShardPace.SECOND / 1_000;

  @Test
  void whatever_the_service_refuses_forgets_or_reshards_each_key_is_in_order_and_whole() {
    for (var seed = SEED; seed < SEED + HISTORIES; seed++) {
      var random = new Random(seed);
      var config = small().aggregation(random.nextBoolean()).build();
      var service = new SimulatedService(STREAM, config, random, Chances.random(random));
      var history = History.random(random, STREAM, random.nextInt(1, 120));

      var outcomes = run(service, config, history);

      assertThat(outcomes.failures).as("failures, %s", Randomized.repeat(seed)).isEmpty();
      assertThat(History.idsByKey(service.records())).as("ids by key, %s", Randomized.repeat(seed))
          .containsExactlyInAnyOrderEntriesOf(history.idsByKey());
      var places = service.records().stream()
          .map(record -> List.of(record.partition(), record.position(), record.envelope().id())).toList();
      assertThat(places).as("places of receipts, %s", Randomized.repeat(seed))
          .containsAll(outcomes.receipts.values().stream()
              .map(receipt -> List.of(receipt.partition(), receipt.position(), receipt.eventId())).toList());
      assertThat(outcomes.receipts).as("receipts, %s", Randomized.repeat(seed))
          .containsOnlyKeys(history.ids());
    }
  }

  @Test
  void a_busy_shard_is_given_what_it_takes_and_no_more_and_in_time() {
    var config = KinesisLogConfig.builder().region("any").build();
    var service = new SimulatedService(STREAM, config, new Random(1), Chances.NONE);
    var history = manyKeys(5_000);

    run(service, config, history);

    assertThat(service.records()).hasSize(5_000);
    assertThat(Duration.ofNanos(service.now())).as("5,000 records, 1,000 a second, the first of them at once")
        .isBetween(Duration.ofMillis(4_000), Duration.ofMillis(4_200));
  }

  @Test
  void a_lone_entry_waits_no_longer_than_the_linger_however_many_were_sent_before() {
    var config = KinesisLogConfig.builder().region("any").linger(Duration.ofMillis(5)).build();
    var service = new SimulatedService(STREAM, config, new Random(1), Chances.NONE);
    var outcomes = new Told();
    var queue = new StreamQueue(STREAM, new KinesisFailures(config), service.shards(), outcomes,
        AfterFailure.GO_ON, new Random(1));
    var entries = manyKeys(2).entries();
    queue.add(new Outgoing(entries.getFirst()), 0);
    assertThat(queue.next(5 * MILLISECOND)).isPresent();

    queue.add(new Outgoing(entries.getLast()), 20 * MILLISECOND);

    assertThat(queue.next(20 * MILLISECOND)).isEmpty();
    assertThat(queue.wakeAt(20 * MILLISECOND)).isEqualTo(25 * MILLISECOND);
    assertThat(queue.next(25 * MILLISECOND)).isPresent();
  }

  @Test
  void a_key_that_is_refused_for_ever_fails_in_time_and_holds_up_no_other() {
    var config = small().deliveryTimeout(Duration.ofSeconds(3)).build();
    var service = new SimulatedService(STREAM, config, new Random(1), Chances.NONE);
    service.refuse("k0");
    var history = History.random(new Random(2), STREAM, 60);

    var outcomes = run(service, config, history);

    var refused = history.entries().stream().filter(entry -> entry.key().equals("k0"))
        .map(entry -> entry.envelope().id()).toList();
    assertThat(outcomes.failures).containsOnlyKeys(refused)
        .allSatisfy((_, failure) -> assertThat(failure.code()).isEqualTo(Code.UNREACHABLE));
    assertThat(outcomes.receipts).hasSize(60 - refused.size());
    assertThat(service.lastAppendAt()).as("the others").isLessThan(ShardPace.SECOND);
    assertThat(Duration.ofNanos(service.now())).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_200));
  }

  @Test
  void what_waits_behind_a_late_entry_of_its_key_fails_with_it_instead_of_overtaking_it() {
    var outcomes = new Told();
    var queue = queue(small().deliveryTimeout(Duration.ofSeconds(3)).build(), outcomes, AfterFailure.GO_ON);
    queue.add(outgoing("k", "e10"), 0);
    var call = queue.next(MILLISECOND).orElseThrow();
    queue.add(outgoing("k", "e11"), 2 * ShardPace.SECOND);
    queue.add(outgoing("other", "f"), 2 * ShardPace.SECOND);

    queue.failed(call, ApiCallTimeoutException.create(1), 3 * ShardPace.SECOND);

    assertThat(outcomes.failures).containsOnlyKeys("e10", "e11").hasEntrySatisfying("e11",
        failure -> {
          assertThat(failure.code()).isEqualTo(Code.UNREACHABLE);
          assertThat(failure).hasMessageContaining("overtake").hasMessageContaining("delivery timeout");
        });
    assertThat(idsOf(queue.next(4 * ShardPace.SECOND).orElseThrow())).containsExactly("f");
    assertThat(queue.next(4 * ShardPace.SECOND)).isEmpty();
  }

  @Test
  void what_waits_behind_a_refused_entry_of_its_key_fails_with_it_and_what_comes_later_is_the_callers_to_decide() {
    var outcomes = new Told();
    var queue = queue(small().build(), outcomes, AfterFailure.GO_ON);
    queue.add(outgoing("k", "e10"), 0);
    var call = queue.next(MILLISECOND).orElseThrow();
    queue.add(outgoing("k", "e11"), MILLISECOND);

    queue.failed(call, denied(), 2 * MILLISECOND);
    queue.add(outgoing("k", "e12"), ShardPace.SECOND);

    assertThat(outcomes.failures).containsOnlyKeys("e10", "e11").allSatisfy(
        (_, failure) -> assertThat(failure.code()).isEqualTo(Code.REFUSED));
    assertThat(idsOf(queue.next(2 * ShardPace.SECOND).orElseThrow())).containsExactly("e12");
  }

  @Test
  void a_queue_that_stops_takes_nothing_from_the_moment_an_entry_fails() {
    var outcomes = new Told();
    var queue = queue(small().build(), outcomes, AfterFailure.STOP);
    queue.add(outgoing("k", "e10"), 0);
    queue.failed(queue.next(MILLISECOND).orElseThrow(), denied(), 2 * MILLISECOND);

    assertThatThrownBy(() -> queue.add(outgoing("k", "e11"), 3 * MILLISECOND))
        .isInstanceOfSatisfying(LogException.class, failure -> assertThat(failure.code())
            .isEqualTo(Code.REFUSED));

    assertThat(queue.settledUpTo()).isEqualTo(queue.lastAdded());
    assertThat(queue.next(ShardPace.SECOND)).isEmpty();
  }

  @Test
  void keys_whose_shard_is_not_listed_yet_share_no_record_with_those_of_the_shard_that_stands_in() {
    var config = KinesisLogConfig.builder().region("any").aggregation(true).build();
    var service = new SimulatedService(STREAM, config, new Random(1), Chances.NONE);
    service.reshard();
    var listed = service.shardsWithGap();
    var present = listed.stream().filter(Shard::isOpen).findAny().orElseThrow();
    var queue = new StreamQueue(STREAM, new KinesisFailures(config), listed, new Told(), AfterFailure.GO_ON,
        new Random(1));
    manyKeys(40).entries().forEach(entry -> queue.add(new Outgoing(entry), 0));

    var items = new ArrayList<PutCall.Item>();
    for (var call = queue.next(ShardPace.SECOND); call.isPresent(); call = queue.next(ShardPace.SECOND))
      items.addAll(call.get().items());

    assertThat(items).filteredOn(PutCall.Item::isAggregate).isNotEmpty()
        .allSatisfy(item -> assertThat(item.entries()).allMatch(entry -> present.holds(entry.hashKey())));
    assertThat(items.stream().mapToInt(item -> item.entries().size()).sum()).isEqualTo(40);
  }

  @Test
  void a_call_that_is_refused_for_one_entry_fails_only_that_and_what_waits_behind_it_on_its_key() {
    for (var seed = SEED; seed < SEED + (HISTORIES + 1) / 2; seed++) {
      var random = new Random(seed);
      var config = small().aggregation(random.nextBoolean()).build();
      var service = new SimulatedService(STREAM, config, random, Chances.random(random));
      var history = History.random(random, STREAM, random.nextInt(1, 120));
      var guilty = history.entries().get(random.nextInt(history.entries().size()));
      service.refuseCallsWith(guilty.envelope().id());

      var outcomes = run(service, config, history);

      var ofKey = history.idsByKey().getOrDefault(guilty.key(), List.of());
      var before = ofKey.indexOf(guilty.envelope().id());
      assertThat(outcomes.failures).as("failures, %s", Randomized.repeat(seed))
          .containsOnlyKeys(ofKey.subList(before, ofKey.size()))
          .allSatisfy((_, failure) -> assertThat(failure.code()).isEqualTo(Code.REFUSED));
      var expected = new HashMap<>(history.idsByKey());
      expected.put(guilty.key(), ofKey.subList(0, before));
      expected.values().removeIf(List::isEmpty);
      assertThat(History.idsByKey(service.records())).as("ids by key, %s", Randomized.repeat(seed))
          .containsExactlyInAnyOrderEntriesOf(expected);
    }
  }

  private static StreamQueue queue(KinesisLogConfig config, Told outcomes, AfterFailure afterFailure) {
    var service = new SimulatedService(STREAM, config, new Random(1), Chances.NONE);
    return new StreamQueue(STREAM, new KinesisFailures(config), service.shards(), outcomes, afterFailure,
        new Random(1));
  }

  private static Outgoing outgoing(String key, String id) {
    return new Outgoing(LocalStreams.entry(STREAM, key, id));
  }

  private static List<String> idsOf(PutCall call) {
    return call.items().stream().flatMap(item -> item.entries().stream()).map(Outgoing::eventId).toList();
  }

  private static Throwable denied() {
    return KinesisException.builder().message("simulated").statusCode(400)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDeniedException").build()).build();
  }

  private static History manyKeys(int count) {
    var entries = new ArrayList<dev.millrace.log.LogEntry>();
    for (var i = 0; i < count; i++)
      entries.add(LocalStreams.entry(STREAM, "k" + i, "e" + i));
    return new History(entries);
  }

  private static KinesisLogConfig.Builder small() {
    return KinesisLogConfig.builder().region("any").linger(Duration.ofMillis(1)).maxCallRecords(10)
        .maxRecordBytes(2_000).maxCallBytes(6_000)
        .requestTimeout(Duration.ofSeconds(1)).deliveryTimeout(Duration.ofMinutes(10));
  }

  /** Appends all and lets time pass until the outcome of each is certain. */
  private static Told run(SimulatedService service, KinesisLogConfig config, History history) {
    var outcomes = new Told();
    var queue = new StreamQueue(STREAM, new KinesisFailures(config), service.shards(), outcomes,
        AfterFailure.GO_ON, new Random(3));
    history.entries().forEach(entry -> queue.add(new Outgoing(entry), service.now()));
    while (queue.settledUpTo() < queue.lastAdded()) {
      assertThat(Thread.currentThread().isInterrupted()).as("interrupted").isFalse();
      service.step(queue);
    }
    return outcomes;
  }

  /** What each entry's caller is told, by its id. */
  private static final class Told implements StreamQueue.Outcomes {
    private final Map<String, Receipt> receipts = new HashMap<>();
    private final Map<String, LogException> failures = new HashMap<>();
    private final List<String> told = new ArrayList<>();

    @Override
    public void appended(Outgoing entry, Receipt receipt) {
      tell(entry);
      receipts.put(entry.eventId(), receipt);
    }

    @Override
    public void failed(Outgoing entry, LogException failure) {
      tell(entry);
      failures.put(entry.eventId(), failure);
    }

    private void tell(Outgoing entry) {
      assertThat(told).as("each is told once").doesNotContain(entry.eventId());
      told.add(entry.eventId());
    }
  }
}
