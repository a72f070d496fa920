package dev.millrace.view;

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

/** The service takes what is written, and its answer is lost: the writer has to write it again. */
final class LostAnswers implements ExecutionInterceptor {
  private final Random random;
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile int percent;
  private volatile boolean away;

  LostAnswers(Random random) {
    this.random = random;
  }

  int lost() {
    return lost.get();
  }

  /** Loses so many of the answers. */
  void loseSome(int ofAHundred) {
    percent = ofAHundred;
  }

  /** Takes a record of each key, loses all answers, and is away for what is written again until {@link #resume}. */
  void takeOnceThenBeAway() {
    away = true;
    percent = 100;
  }

  void resume() {
    percent = 0;
    away = false;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    if (away && context.request() instanceof PutRecordsRequest put && put.records().stream()
        .map(PutRecordsRequestEntry::partitionKey).allMatch(taken::contains))
      throw SdkClientException.create("away, says the test");
    return context.request();
  }

  @Override
  public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
    if (!(context.response() instanceof PutRecordsResponse) || !isLost())
      return context.response();
    if (context.request() instanceof PutRecordsRequest put)
      put.records().forEach(entry -> taken.add(entry.partitionKey()));
    lost.incrementAndGet();
    throw ApiCallTimeoutException.create(1);
  }

  private synchronized boolean isLost() {
    return random.nextInt(100) < percent;
  }
}
