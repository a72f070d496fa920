package dev.millrace.log.kinesis;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.GetRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Stands between a client and the service, and does at random what the service does on a bad day: it refuses any entries
 * of a call while it takes those after them, throttles some calls in a row, takes a call and does not say so, is slow, and
 * forgets where a reader is.
 */
final class FaultyService implements ExecutionInterceptor {
  private static final int LONGEST_BURST = 4;
  private static final int SLOWEST_MILLIS = 30;
  private static final ExecutionAttribute<Set<Integer>> REFUSED = new ExecutionAttribute<>("refused");

  /**
   * How much goes wrong, each in percent.
   *
   * @param refused entries of a call that are refused
   * @param throttled calls with which a burst begins that are refused whole
   * @param unanswered calls that are done and whose answer is lost
   * @param slow calls whose answer takes its time
   * @param expired reads whose iterator is said to be too old
   */
  record Chances(int refused, int throttled, int unanswered, int slow, int expired) {
    static final Chances NONE = new Chances(0, 0, 0, 0, 0);

    /** From good days, on which a few entries are refused, to bad ones, on which nine of ten are. */
    static Chances random(Random random) {
      return new Chances(random.nextInt(1, 91), random.nextInt(8), random.nextInt(15), random.nextInt(20),
          random.nextInt(20));
    }
  }

  private final Random random;
  private final AtomicInteger injected = new AtomicInteger();
  private volatile Chances chances;
  private int burst;

  FaultyService(Random random, Chances chances) {
    this.random = new Random(random.nextLong());
    this.chances = chances;
  }

  int injected() {
    return injected.get();
  }

  void stop() {
    chances = Chances.NONE;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    return switch (context.request()) {
      case PutRecordsRequest put -> {
        throttle();
        yield refuseSome(put, attributes);
      }
      case GetRecordsRequest get -> {
        throttle();
        if (happens(chances.expired()))
          throw ExpiredIteratorException.builder().message("injected").statusCode(400).build();
        yield get;
      }
      default -> context.request();
    };
  }

  private void throttle() {
    if (isThrottled())
      throw ProvisionedThroughputExceededException.builder().message("injected").statusCode(400)
          .awsErrorDetails(
              AwsErrorDetails.builder().errorCode("ProvisionedThroughputExceededException").build())
          .build();
  }

  private synchronized boolean isThrottled() {
    if (burst > 0) {
      burst--;
      injected.incrementAndGet();
      return true;
    }
    if (!happens(chances.throttled()))
      return false;
    burst = random.nextInt(LONGEST_BURST);
    return true;
  }

  /** The service never sees what is refused; where that is all, the last is let through, as no call is empty. */
  private SdkRequest refuseSome(PutRecordsRequest put, ExecutionAttributes attributes) {
    var percent = chances.refused();
    var entries = put.records();
    var refused = new TreeSet<Integer>();
    IntStream.range(0, entries.size()).filter(_ -> happens(percent)).forEach(refused::add);
    if (refused.size() == entries.size())
      refused.pollLast();
    attributes.putAttribute(REFUSED, refused);
    var taken = IntStream.range(0, entries.size()).filter(i -> !refused.contains(i)).mapToObj(entries::get);
    return put.toBuilder().records(taken.toList()).build();
  }

  @Override
  public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
    if (happens(chances.slow()))
      LockSupport.parkNanos(Duration.ofMillis(below(SLOWEST_MILLIS)).toNanos());
    if (!(context.response() instanceof PutRecordsResponse answer))
      return context.response();
    if (happens(chances.unanswered()))
      throw ApiCallTimeoutException.create(1);
    return withRefused(answer, attributes.getAttribute(REFUSED));
  }

  private static PutRecordsResponse withRefused(PutRecordsResponse answer, Set<Integer> refused) {
    var taken = answer.records().iterator();
    List<PutRecordsResultEntry> entries = IntStream.range(0, answer.records().size() + refused.size())
        .mapToObj(i -> refused.contains(i) ? refusal() : taken.next()).toList();
    var before = answer.failedRecordCount();
    return answer.toBuilder().records(entries)
        .failedRecordCount((before == null ? 0 : before) + refused.size()).build();
  }

  private static PutRecordsResultEntry refusal() {
    return PutRecordsResultEntry.builder().errorCode("ProvisionedThroughputExceededException")
        .errorMessage("injected").build();
  }

  private synchronized int below(int bound) {
    return random.nextInt(bound);
  }

  private synchronized boolean happens(int percent) {
    var happens = random.nextInt(100) < percent;
    if (happens)
      injected.incrementAndGet();
    return happens;
  }
}
