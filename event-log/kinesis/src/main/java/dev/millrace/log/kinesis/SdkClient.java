package dev.millrace.log.kinesis;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

/** The SDK's client as it is configured. One that tries nothing again by itself: the order of a key's entries is ours to keep. */
final class SdkClient {
  /** For a server on this machine, which asks for some and takes any: the user's own have no business there. */
  private static final AwsCredentialsProvider LOCAL = StaticCredentialsProvider
      .create(AwsBasicCredentials.create("local", "local"));
  /**
   * A subscription is a call that stays open, one for each shard and group: with the SDK's 50 they would soon leave none for
   * any other. Costs nothing until it is used.
   */
  private static final int CALLS_AT_ONCE = 10_000;

  private SdkClient() {}

  /** @throws software.amazon.awssdk.core.exception.SdkException where nobody says a region */
  static KinesisAsyncClient of(KinesisLogConfig config) {
    var builder = KinesisAsyncClient.builder();
    config.endpoint().ifPresent(builder::endpointOverride);
    config.region().ifPresent(region -> builder.region(Region.of(region)));
    if (config.endpoint().filter(SdkClient::isOnThisMachine).isPresent()) {
      builder.credentialsProvider(LOCAL);
      if (config.region().isEmpty())
        builder.region(Region.US_EAST_1);
    }
    var subscribes = config.reading() == KinesisLogConfig.Reading.FAN_OUT;
    if (subscribes)
      builder.httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(CALLS_AT_ONCE));
    config.client().accept(builder);
    var settings = builder.overrideConfiguration();
    builder.overrideConfiguration(
        (settings == null ? ClientOverrideConfiguration.builder() : settings.toBuilder())
            .retryStrategy(strategy -> strategy.maxAttempts(1)).apiCallTimeout(config.requestTimeout())
            .build());
    return subscribes ? buildWithTheUsers(builder) : builder.build();
  }

  /** The SDK takes the builder of an HTTP client or a client, and not both: where the user gave a client, ours has to go. */
  private static KinesisAsyncClient buildWithTheUsers(KinesisAsyncClientBuilder builder) {
    try {
      return builder.build();
    } catch (IllegalArgumentException e) {
      return builder.httpClientBuilder((SdkAsyncHttpClient.Builder<?>) null).build();
    }
  }

  private static boolean isOnThisMachine(URI endpoint) {
    var host = endpoint.getHost();
    return host != null
        && (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}"));
  }
}
