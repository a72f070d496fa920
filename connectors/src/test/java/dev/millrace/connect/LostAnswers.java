package dev.millrace.connect;

import java.util.Random;

import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** The service takes what is written, and some of its answers are lost: the writer has to write it again. */
final class LostAnswers implements ExecutionInterceptor {
  private final Random random;
  private final int percent;

  LostAnswers(Random random, int percent) {
    this.random = random;
    this.percent = percent;
  }

  @Override
  public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
    if (context.response() instanceof PutRecordsResponse && isLost())
      throw ApiCallTimeoutException.create(1);
    return context.response();
  }

  private synchronized boolean isLost() {
    return random.nextInt(100) < percent;
  }
}
