package dev.millrace.log.kinesis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEvent;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardEventStream;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardResponseHandler;

/**
 * One SubscribeToShard, for as long as the service keeps it up: five minutes. Asks for no more events than it has room for,
 * so that a slow taker slows the service down. Filled by the SDK's threads, taken from by one other.
 */
final class Subscription implements Subscriber<SubscribeToShardEventStream>, AutoCloseable {
  /** How many events may be there that nobody took; each is 2 MiB at most. */
  private static final int ROOM = 2;

  private final InstantSource clock;
  private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<Void> call;
  private volatile org.reactivestreams.@Nullable Subscription upstream;

  /** What came of a subscription. */
  sealed interface Arrived {
    /**
     * Records, and where to go on after them.
     *
     * @param at when it was there
     */
    record Event(SubscribeToShardEvent event, Instant at) implements Arrived {}

    /**
     * It is over.
     *
     * @param failure why, where it was not its time
     */
    record Over(Optional<Throwable> failure) implements Arrived {}
  }

  private Subscription(KinesisAsyncClient client, SubscribeToShardRequest request, InstantSource clock) {
    this.clock = clock;
    var handler = SubscribeToShardResponseHandler.builder().subscriber(() -> this).build();
    this.call = client.subscribeToShard(request, handler);
  }

  static Subscription open(KinesisAsyncClient client, SubscribeToShardRequest request, InstantSource clock) {
    var subscription = new Subscription(client, request, clock);
    var _ = subscription.call.whenComplete((_, failure) -> subscription.end(failure));
    return subscription;
  }

  @Override
  public void onSubscribe(org.reactivestreams.Subscription given) {
    upstream = given;
    given.request(ROOM);
    if (over.get())
      given.cancel();
  }

  @Override
  public void onNext(SubscribeToShardEventStream item) {
    if (item instanceof SubscribeToShardEvent event)
      arrived.add(new Arrived.Event(event, clock.instant()));
    else
      more();
  }

  @Override
  public void onError(Throwable thrown) {
    end(thrown);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private void end(@Nullable Throwable failure) {
    if (!over.getAndSet(true))
      arrived.add(new Arrived.Over(Optional.ofNullable(failure)));
  }

  private void more() {
    var source = upstream;
    if (source != null)
      source.request(1);
  }

  /** What came next; empty where nothing did for so long. */
  Optional<Arrived> take(Duration atMost) throws InterruptedException {
    var taken = Optional.ofNullable(arrived.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
    if (taken.isPresent() && taken.get() instanceof Arrived.Event)
      more();
    return taken;
  }

  @Override
  public void close() {
    over.set(true);
    var source = upstream;
    if (source != null)
      source.cancel();
    call.cancel(true);
  }
}
