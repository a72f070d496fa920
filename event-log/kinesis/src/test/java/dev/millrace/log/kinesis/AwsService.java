package dev.millrace.log.kinesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * Amazon's own Kinesis, for {@code -Paws}: credentials and region as the SDK's default chain finds them. All streams have
 * a random prefix and are deleted at the end, which is also when this process is told to stop.
 */
final class AwsService implements TestedService {
  private final String prefix = "millrace-kit-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final KinesisAsyncClient client = client(new ExecutionInterceptor[0]);
  private final AtomicBoolean closed = new AtomicBoolean();

  private AwsService() {}

  static boolean isWanted() {
    return Boolean.getBoolean("kinesis.aws");
  }

  /** @throws IllegalStateException saying what is missing; then nothing was asked of the service */
  static TestedService start() {
    requireAccess(DefaultCredentialsProvider.builder().build(),
        DefaultAwsRegionProviderChain.builder().build());
    var service = new AwsService();
    Runtime.getRuntime().addShutdownHook(new Thread(service::close));
    return service;
  }

  /** Names all that is missing at once. */
  static void requireAccess(AwsCredentialsProvider credentials, AwsRegionProvider region) {
    var missing = new ArrayList<String>();
    if (isMissing(credentials::resolveCredentials))
      missing.add("credentials (set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)");
    if (isMissing(region::getRegion))
      missing.add("region (set AWS_REGION, such as eu-west-1)");
    if (!missing.isEmpty())
      throw new IllegalStateException(
          "-Paws runs the conformance kit on Amazon Kinesis itself, where streams cost money. It finds no "
              + String.join(" and no ", missing) + ". Nothing was created.");
  }

  private static boolean isMissing(Supplier<?> found) {
    try {
      return found.get() == null;
    } catch (SdkClientException _) {
      return true;
    }
  }

  @Override
  public KinesisLogConfig.Builder config(ExecutionInterceptor... interceptors) {
    return KinesisLogConfig.builder().streamPrefix(prefix).shardCheck(Duration.ofSeconds(1))
        .client(builder -> builder.overrideConfiguration(
            settings -> settings.executionInterceptors(List.of(interceptors))));
  }

  @Override
  public KinesisAsyncClient client() {
    return client;
  }

  @Override
  public KinesisAsyncClient client(ExecutionInterceptor... interceptors) {
    var builder = KinesisAsyncClient.builder();
    config(interceptors).build().client().accept(builder);
    return builder.build();
  }

  /** Deletes every stream of the prefix, and says which it could not. */
  @Override
  public void close() {
    if (closed.getAndSet(true))
      return;
    var failures = new KinesisFailures(config().build());
    var directory = new ShardDirectory(client, failures);
    var left = new ArrayList<String>();
    for (var stream : directory.streams()) {
      var name = directory.serviceName(stream);
      try {
        new ServiceCalls(failures, Duration.ofMinutes(1)).get("deleting the stream " + name,
            () -> client.deleteStream(request -> request.streamName(name).enforceConsumerDeletion(true)));
      } catch (RuntimeException e) {
        left.add(name + " (" + e.getMessage() + ")");
      }
    }
    client.close();
    if (!left.isEmpty())
      throw new IllegalStateException("delete these streams yourself, as each of them costs money: " + left);
  }
}
