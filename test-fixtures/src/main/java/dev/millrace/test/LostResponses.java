package dev.millrace.test;

import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * A Kinesis client whose service takes records and whose responses are lost, so that the writer sends the records again.
 * Safe for use by several threads.
 */
public final class LostResponses implements ExecutionInterceptor {
  private final Random random;
  private final Set<String> takenKeys = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile int percent;
  private volatile boolean unreachableForRepeats;

  /** Loses no response until it is told to. */
  public LostResponses(Random random) {
    this(random, 0);
  }

  /** Loses so many of a hundred responses. */
  public LostResponses(Random random, int percent) {
    this.random = random;
    this.percent = percent;
  }

  /** Returns how many responses were lost. */
  public int lost() {
    return lost.get();
  }

  /** From now on loses so many of a hundred responses. */
  public void lose(int percent) {
    this.percent = percent;
  }

  /** Lets one record of each key through, loses all responses, and fails what is sent again until {@link #resume}. */
  public void takeOnceThenFail() {
    unreachableForRepeats = true;
    percent = 100;
  }

  public void resume() {
    percent = 0;
    unreachableForRepeats = false;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    if (unreachableForRepeats && context.request() instanceof PutRecordsRequest put && put.records().stream()
        .map(PutRecordsRequestEntry::partitionKey).allMatch(takenKeys::contains))
      throw SdkClientException.create("the test makes the service unreachable");
    return context.request();
  }

  @Override
  public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
    if (!(context.response() instanceof PutRecordsResponse) || !isLost())
      return context.response();
    if (context.request() instanceof PutRecordsRequest put)
      put.records().forEach(entry -> takenKeys.add(entry.partitionKey()));
    lost.incrementAndGet();
    throw ApiCallTimeoutException.create(1);
  }

  private synchronized boolean isLost() {
    return random.nextInt(100) < percent;
  }
}
