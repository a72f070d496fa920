package dev.millrace.log.kinesis;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.StartingPosition;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

/**
 * The records of a shard by SubscribeToShard: enhanced fan-out. A subscription lasts five minutes, and the next one goes on
 * after what the one before has brought. A subscription that ends, fails or falls silent is replaced by another one.
 *
 * <p>A shard that is listed as closed is read to its end by polling: that needs no subscription to last as long, and a local
 * server may never say over one that a shard has ended.
 */
final class PushedShard implements ShardSource {
  /** Longer than the service keeps a subscription up; the client's own limit is for calls that have one answer. */
  private static final Duration LIFETIME = Duration.ofMinutes(6);
  private static final Duration LOOK = Duration.ofMillis(500);
  /** The least that a service leaves between two subscriptions to a shard is a fifth of a second. */
  private static final Duration AGAIN = Duration.ofMillis(250);
  /**
   * The service sends an event every few seconds, with records or without. A subscription that brings none for as long as
   * a call may take, and at least for this long, is dead: a firewall may have dropped its connection without a word.
   */
  private static final Duration LEAST_SILENCE = Duration.ofSeconds(10);
  /** An older word of where to go on may be past the retention: then what it follows has to be there. */
  private static final Duration TRUSTED = Duration.ofHours(1);
  /** How much earlier an event may have been made than it was there. */
  private static final Duration ON_THE_WAY = Duration.ofMinutes(1);

  private final StreamConsumers consumers;
  private final RecordCalls calls;
  private final PolledShard rest;
  private final InstantSource clock;

  /** @param rest reads what is left of a shard that is closed */
  PushedShard(StreamConsumers consumers, RecordCalls calls, PolledShard rest, InstantSource clock) {
    this.consumers = consumers;
    this.calls = calls;
    this.rest = rest;
    this.clock = clock;
  }

  /** Where a shard is, between its subscriptions. */
  private static final class Progress {
    /** Where the last event said to go on; empty where the reading has to say it. */
    private Optional<StartingPoint> next = Optional.empty();
    private long heardAt = System.nanoTime();
    private OptionalLong failingSince = OptionalLong.empty();

    StartingPoint start(ShardReading reading) {
      if (System.nanoTime() - heardAt > TRUSTED.toNanos())
        next = Optional.empty();
      return next.orElseGet(reading::start);
    }

    void heard(Optional<StartingPoint> goesOn) {
      next = goesOn;
      heardAt = System.nanoTime();
      failingSince = OptionalLong.empty();
    }

    boolean hasFailedFor(Duration patience) {
      var now = System.nanoTime();
      if (failingSince.isEmpty())
        failingSince = OptionalLong.of(now);
      return now - failingSince.getAsLong() > patience.toNanos();
    }
  }

  @Override
  public void follow(ShardReading reading, Arrivals.Inlet inlet) {
    var progress = new Progress();
    while (!isClosed(reading)) {
      inlet.requireOpen();
      if (take(reading, inlet, progress.start(reading), progress))
        return;
      calls.calls().pause(doing(reading),
          AGAIN.plusMillis(ThreadLocalRandom.current().nextLong(AGAIN.toMillis())));
    }
    rest.follow(reading, inlet);
  }

  private boolean isClosed(ShardReading reading) {
    return calls.directory().shards(reading.partition().stream()).stream()
        .anyMatch(shard -> shard.partition().equals(reading.partition()) && !shard.isOpen());
  }

  /** Takes what one subscription brings. True where the end of the shard was brought. */
  private boolean take(ShardReading reading, Arrivals.Inlet inlet, StartingPoint start, Progress progress) {
    try (var subscription = Subscription.open(calls.client(), request(reading, start), clock)) {
      var heardAt = System.nanoTime();
      while (true) {
        inlet.requireOpen();
        var arrived = subscription.take(LOOK);
        if (arrived.isEmpty()) {
          if (isClosed(reading))
            return false;
          var silence = Duration.ofNanos(System.nanoTime() - heardAt);
          if (silence.compareTo(longestSilence()) > 0) {
            failed(reading, start, progress, ApiCallTimeoutException.create(silence.toMillis()));
            return false;
          }
          continue;
        }
        switch (arrived.get()) {
          case Subscription.Arrived.Event(var event, var at) -> {
            reading.read(event.records(), isCaughtUp(event), at.minus(ON_THE_WAY)).ifPresent(inlet::put);
            if (event.continuationSequenceNumber() == null) {
              inlet.put(reading.end(calls.calls()));
              return true;
            }
            progress.heard(Optional.of(event.continuationSequenceNumber()).filter(_ -> reading.isProved())
                .map(StartingPoint::after));
            heardAt = System.nanoTime();
          }
          case Subscription.Arrived.Over(var failure) -> {
            failure.ifPresent(thrown -> failed(reading, start, progress, thrown));
            return false;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw calls.calls().failures().of(doing(reading), e);
    }
  }

  private Duration longestSilence() {
    var patience = calls.calls().patience();
    return patience.compareTo(LEAST_SILENCE) > 0 ? patience : LEAST_SILENCE;
  }

  private SubscribeToShardRequest request(ShardReading reading, StartingPoint start) {
    var position = StartingPosition.builder().type(start.type().toString())
        .sequenceNumber(start.sequence().orElse(null)).build();
    return SubscribeToShardRequest.builder().consumerARN(consumers.arn(reading.partition().stream()))
        .shardId(reading.partition().id()).startingPosition(position)
        .overrideConfiguration(settings -> settings.apiCallTimeout(LIFETIME)).build();
  }

  private static boolean isCaughtUp(SubscribeToShardEvent event) {
    var behind = event.millisBehindLatest();
    return event.records().isEmpty() && behind != null && behind == 0;
  }

  /** Throws where another subscription would do no better. */
  private void failed(ShardReading reading, StartingPoint start, Progress progress, Throwable thrown) {
    var failure = calls.calls().failures().of(doing(reading), thrown);
    var root = KinesisFailures.rootOf(thrown);
    if (root instanceof InvalidArgumentException && start.sequence().isPresent()) {
      progress.next = progress.next.isPresent()
          ? Optional.empty()
          : Optional.of(reading.startWithout(failure));
      return;
    }
    // The consumer may have been removed by a member that thought it was the last.
    if (root instanceof ResourceNotFoundException)
      consumers.forget(reading.partition().stream());
    var again = root instanceof ResourceNotFoundException || KinesisFailures.isPassing(thrown);
    if (!again || progress.hasFailedFor(calls.calls().patience()))
      throw failure;
  }

  private static String doing(ShardReading reading) {
    return "subscribing to " + reading.partition();
  }
}
