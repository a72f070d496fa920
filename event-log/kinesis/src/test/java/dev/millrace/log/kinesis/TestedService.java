package dev.millrace.log.kinesis;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** A Kinesis that the conformance kit runs on. */
interface TestedService extends AutoCloseable {
  /** Amazon's own with {@code -Paws}, else a local one. */
  static TestedService start() {
    return AwsService.isWanted() ? AwsService.start() : new LocalStreams();
  }

  KinesisLogConfig.Builder config(ExecutionInterceptor... interceptors);

  /** A client that is closed with the service. */
  KinesisAsyncClient client();

  /** Another client, which is the caller's to close. */
  KinesisAsyncClient client(ExecutionInterceptor... interceptors);

  default Resharding resharding() {
    return Resharding.on(client(), new KinesisFailures(config().build()));
  }

  @Override
  void close();
}
