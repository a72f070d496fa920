package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.kinesis.model.SubscribeToShardRequest;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/**
 * Ends the subscriptions to a shard as Amazon's service does and a local one does not: the last event has no place to go on
 * from, and names the shards that came of it; then the answer is over. The bytes are put on the wire.
 */
final class EndedSubscription implements ExecutionInterceptor {
  private final Map<String, List<String>> ended = new ConcurrentHashMap<>();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Set<String> polled = ConcurrentHashMap.newKeySet();

  /** From now on subscriptions to the shard say with their next event that it has ended. */
  void end(Shard parent, List<Shard> children) {
    ended.put(parent.partition().id(), children.stream().map(child -> child.partition().id()).toList());
  }

  /** The shards whose end was told. */
  Set<String> told() {
    return Set.copyOf(told);
  }

  /** The shards that were read in the other way. */
  Set<String> polled() {
    return Set.copyOf(polled);
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (context.request() instanceof GetShardIteratorRequest request)
      polled.add(request.shardId());
  }

  @Override
  public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(Context.ModifyHttpResponse context,
      ExecutionAttributes attributes) {
    if (!(context.request() instanceof SubscribeToShardRequest request))
      return context.responsePublisher();
    return context.responsePublisher()
        .map(parts -> target -> parts.subscribe(new Ending(target, request.shardId())));
  }

  private static ByteBuffer endOf(String shard, List<String> children) {
    var headers = Map.of(":message-type", HeaderValue.fromString("event"), ":event-type",
        HeaderValue.fromString("SubscribeToShardEvent"), ":content-type",
        HeaderValue.fromString("application/json"));
    var heirs = children.stream().map(child -> """
        {"ShardId":"%s","ParentShards":["%s"],"HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"1"}}"""
        .formatted(child, shard)).collect(Collectors.joining(","));
    var event = "{\"Records\":[],\"MillisBehindLatest\":0,\"ChildShards\":[" + heirs + "]}";
    return new Message(headers, event.getBytes(UTF_8)).toByteBuffer();
  }

  /** Passes on what comes, and after it the end. */
  private final class Ending implements Subscriber<ByteBuffer> {
    private final Subscriber<? super ByteBuffer> target;
    private final String shard;
    private Optional<org.reactivestreams.Subscription> source = Optional.empty();
    private boolean over;

    Ending(Subscriber<? super ByteBuffer> target, String shard) {
      this.target = target;
      this.shard = shard;
    }

    @Override
    public void onSubscribe(org.reactivestreams.Subscription given) {
      source = Optional.of(given);
      target.onSubscribe(given);
    }

    @Override
    public void onNext(ByteBuffer part) {
      if (over)
        return;
      var children = ended.get(shard);
      if (children == null || !isWhole(part)) {
        target.onNext(part);
        return;
      }
      over = true;
      source.ifPresent(org.reactivestreams.Subscription::cancel);
      var end = endOf(shard, children);
      target.onNext(ByteBuffer.allocate(part.remaining() + end.remaining()).put(part).put(end).flip());
      target.onComplete();
      told.add(shard);
    }

    /** Whether the part is of whole messages: each begins with its length. */
    private static boolean isWhole(ByteBuffer part) {
      var at = part.position();
      while (at + Integer.BYTES <= part.limit() && part.getInt(at) > 0)
        at += part.getInt(at);
      return at == part.limit();
    }

    @Override
    public void onError(Throwable thrown) {
      if (!over)
        target.onError(thrown);
    }

    @Override
    public void onComplete() {
      if (!over)
        target.onComplete();
    }
  }
}
