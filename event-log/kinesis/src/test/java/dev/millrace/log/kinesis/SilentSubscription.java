package dev.millrace.log.kinesis;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;

/** Lets the first subscription bring nothing, not even its end, as if its connection had been dropped without a word. */
final class SilentSubscription implements ExecutionInterceptor {
  private final AtomicInteger opened = new AtomicInteger();

  /** How many subscriptions were answered, the silent one included. */
  int opened() {
    return opened.get();
  }

  @Override
  public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
      ExecutionAttributes attributes) {
    if (!(context.request() instanceof SubscribeToShardRequest) || opened.getAndIncrement() > 0)
      return context.responsePublisher();
    return context.responsePublisher().map(parts -> target -> parts.subscribe(new Silence(target)));
  }

  private record Silence(Subscriber<? super ByteBuffer> target) implements Subscriber<ByteBuffer> {
    @Override
    public void onSubscribe(org.reactivestreams.Subscription source) {
      target.onSubscribe(source);
      source.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer part) {}

    @Override
    public void onError(Throwable thrown) {}

    @Override
    public void onComplete() {}
  }
}
