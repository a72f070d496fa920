package dev.millrace.log.kinesis;

import dev.millrace.dev.SharedServers;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** A Kinesis that the conformance kit runs on. */
interface TestedService extends AutoCloseable {
  /** Returns whether there is one. The conditions of tests name this method. */
  static boolean isAvailable() {
    return AwsService.isWanted() || SharedServers.hasKinesis();
  }

  /** Returns Amazon's own with {@code -Paws}; by default the local one that the test classes of a JVM share. */
  static TestedService shared() {
    return AwsService.isWanted() ? AwsService.start() : LocalStreams.shared();
  }

  /** Returns Amazon's own with {@code -Paws}; by default a local one that no other class uses. */
  static TestedService separate() {
    return AwsService.isWanted() ? AwsService.start() : LocalStreams.separate();
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
