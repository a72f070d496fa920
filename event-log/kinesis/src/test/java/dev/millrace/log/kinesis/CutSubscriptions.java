package dev.millrace.log.kinesis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

/** Ends subscriptions after a few parts of what they bring, some in order and some not, and refuses some at the outset. */
final class CutSubscriptions implements ExecutionInterceptor {
  private final Random random;
  private final AtomicInteger cut = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();

  CutSubscriptions(Random random) {
    this.random = random;
  }

  int cut() {
    return cut.get();
  }

  int opened() {
    return opened.get();
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (!(context.request() instanceof SubscribeToShardRequest))
      return;
    opened.incrementAndGet();
    if (below(4) == 0)
      throw LimitExceededException.builder().message("injected").statusCode(400).build();
  }

  @Override
  public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
      ExecutionAttributes attributes) {
    if (!(context.request() instanceof SubscribeToShardRequest))
      return context.responsePublisher();
    return context.responsePublisher()
        .map(parts -> target -> parts.subscribe(new Cut(target, 1 + below(6), below(2) == 0)));
  }

  private synchronized int below(int bound) {
    return random.nextInt(bound);
  }

  /** Passes on some parts, and then no more. */
  private final class Cut implements Subscriber<ByteBuffer> {
    private final Subscriber<? super ByteBuffer> target;
    private final boolean orderly;
    private int left;
    private org.reactivestreams.Subscription source = new Nothing();

    Cut(Subscriber<? super ByteBuffer> target, int parts, boolean orderly) {
      this.target = target;
      this.left = parts;
      this.orderly = orderly;
    }

    @Override
    public void onSubscribe(org.reactivestreams.Subscription given) {
      source = given;
      target.onSubscribe(given);
    }

    @Override
    public void onNext(ByteBuffer part) {
      if (left-- > 0) {
        target.onNext(part);
        return;
      }
      if (left < -1)
        return;
      cut.incrementAndGet();
      source.cancel();
      if (orderly)
        target.onComplete();
      else
        target.onError(new IOException("the connection was cut"));
    }

    @Override
    public void onError(Throwable thrown) {
      if (left >= 0)
        target.onError(thrown);
    }

    @Override
    public void onComplete() {
      if (left >= 0)
        target.onComplete();
    }
  }

  private record Nothing() implements org.reactivestreams.Subscription {
    @Override
    public void request(long parts) {}

    @Override
    public void cancel() {}
  }
}
