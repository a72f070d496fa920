package dev.millrace.log.kinesis;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClientBuilder;

/**
 * How a {@link KinesisLog} reaches the service, writes and reads. Immutable. Credentials, and the region where none is said,
 * come from the SDK's default chain.
 */
public final class KinesisLogConfig {
  /** How a reader gets its records. */
  public enum Reading {
    /** GetRecords: 5 calls and 2 MiB a second for each shard, shared by all readers of it. */
    POLLING,
    /**
     * SubscribeToShard, enhanced fan-out: 2 MiB a second for each shard and group, pushed over HTTP/2. Costs more. Each
     * group is a consumer of the stream, of which it takes 20; its last member removes it. One call is open for each shard and
     * group: the client has room for 10,000, and an HTTP client of your own, given to {@link Builder#client}, needs as much as
     * there are, and more for all other calls. Readers of no group poll, as they come and go; and polled is what is
     * left of a shard that was split or merged.
     */
    FAN_OUT
  }

  private final Optional<URI> endpoint;
  private final Optional<String> region;
  private final String streamPrefix;
  private final Consumer<KinesisAsyncClientBuilder> client;
  private final Optional<DataSource> database;
  private final boolean aggregation;
  private final int maxRecordBytes;
  private final int maxCallBytes;
  private final int maxCallRecords;
  private final long bufferBytes;
  private final Duration linger;
  private final Duration requestTimeout;
  private final Duration deliveryTimeout;
  private final Reading reading;
  private final Duration pollPause;
  private final Duration shardCheck;
  private final Duration lease;

  private KinesisLogConfig(Builder builder) {
    this.endpoint = builder.endpoint;
    this.region = builder.region;
    this.streamPrefix = builder.streamPrefix;
    this.client = builder.client;
    this.database = builder.database;
    this.aggregation = builder.aggregation;
    this.maxRecordBytes = builder.maxRecordBytes;
    this.maxCallBytes = builder.maxCallBytes;
    this.maxCallRecords = builder.maxCallRecords;
    this.bufferBytes = builder.bufferBytes;
    this.linger = builder.linger;
    this.requestTimeout = builder.requestTimeout;
    this.deliveryTimeout = builder.deliveryTimeout;
    this.reading = builder.reading;
    this.pollPause = builder.pollPause;
    this.shardCheck = builder.shardCheck;
    this.lease = builder.lease;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Where the service is, if not where the SDK finds it. */
  public Optional<URI> endpoint() {
    return endpoint;
  }

  public Optional<String> region() {
    return region;
  }

  public String streamPrefix() {
    return streamPrefix;
  }

  Consumer<KinesisAsyncClientBuilder> client() {
    return client;
  }

  Optional<DataSource> database() {
    return database;
  }

  public boolean aggregation() {
    return aggregation;
  }

  public int maxRecordBytes() {
    return maxRecordBytes;
  }

  public int maxCallBytes() {
    return maxCallBytes;
  }

  public int maxCallRecords() {
    return maxCallRecords;
  }

  public long bufferBytes() {
    return bufferBytes;
  }

  public Duration linger() {
    return linger;
  }

  public Duration requestTimeout() {
    return requestTimeout;
  }

  public Duration deliveryTimeout() {
    return deliveryTimeout;
  }

  public Reading reading() {
    return reading;
  }

  public Duration pollPause() {
    return pollPause;
  }

  public Duration shardCheck() {
    return shardCheck;
  }

  public Duration lease() {
    return lease;
  }

  @Override
  public String toString() {
    return "Kinesis" + endpoint.map(uri -> " at " + uri).orElse("")
        + region.map(name -> " in " + name).orElse("");
  }

  /** Builds a {@link KinesisLogConfig}; everything has a default. */
  public static final class Builder {
    private Optional<URI> endpoint = Optional.empty();
    private Optional<String> region = Optional.empty();
    private String streamPrefix = "";
    private Consumer<KinesisAsyncClientBuilder> client = builder -> {};
    private Optional<DataSource> database = Optional.empty();
    private boolean aggregation;
    private int maxRecordBytes = 1024 * 1024;
    private int maxCallBytes = 5 * 1024 * 1024;
    private int maxCallRecords = 500;
    private long bufferBytes = 64L * 1024 * 1024;
    private Duration linger = Duration.ofMillis(5);
    private Duration requestTimeout = Duration.ofSeconds(15);
    private Duration deliveryTimeout = Duration.ofMinutes(2);
    private Reading reading = Reading.POLLING;
    private Duration pollPause = Duration.ofSeconds(1);
    private Duration shardCheck = Duration.ofSeconds(5);
    private Duration lease = Duration.ofSeconds(5);

    private Builder() {}

    /** Another place than Amazon's own: a local server's, such as {@code http://127.0.0.1:4567}. */
    public Builder endpoint(URI value) {
      this.endpoint = Optional.of(value);
      return this;
    }

    /** The region, such as {@code eu-west-1}; by default the SDK's. */
    public Builder region(String value) {
      this.region = Optional.of(value);
      return this;
    }

    /** What the service's names of our streams begin with, for several systems in one account. Empty by default. */
    public Builder streamPrefix(String value) {
      this.streamPrefix = value;
      return this;
    }

    /** A last word on the SDK's client: credentials, a profile, interceptors. */
    public Builder client(Consumer<KinesisAsyncClientBuilder> value) {
      this.client = value;
      return this;
    }

    /**
     * A PostgreSQL database in which the members of a group share out the shards and batch writers keep their marks: that
     * of the projections. Without it the log has neither.
     */
    public Builder database(DataSource value) {
      this.database = Optional.of(value);
      return this;
    }

    /** Whether entries share records in the KPL's format: many small ones then cost as few. Off by default. */
    public Builder aggregation(boolean value) {
      this.aggregation = value;
      return this;
    }

    /** The largest record that the service takes, its key included. Default 1 MiB. */
    public Builder maxRecordBytes(int value) {
      this.maxRecordBytes = value;
      return this;
    }

    /** The most that one call may bring. Default 5 MiB. */
    public Builder maxCallBytes(int value) {
      this.maxCallBytes = value;
      return this;
    }

    /** The most records that one call may bring. Default 500. */
    public Builder maxCallRecords(int value) {
      this.maxCallRecords = value;
      return this;
    }

    /** How much a writer may hold that is not acknowledged yet; appending blocks beyond it. Default 64 MiB. */
    public Builder bufferBytes(long value) {
      this.bufferBytes = value;
      return this;
    }

    /** How long an entry waits for others to share its call. Default 5 ms. */
    public Builder linger(Duration value) {
      this.linger = value;
      return this;
    }

    /** How long one call may take. Default 15 s. */
    public Builder requestTimeout(Duration value) {
      this.requestTimeout = value;
      return this;
    }

    /** How long an append may take, retries included, before it fails. Default 2 minutes. */
    public Builder deliveryTimeout(Duration value) {
      this.deliveryTimeout = value;
      return this;
    }

    /** How readers get their records. Polling by default. */
    public Builder reading(Reading value) {
      this.reading = value;
      return this;
    }

    /**
     * How long a polling reader leaves a shard alone of which it has read all. A shard answers five calls a second, whoever
     * makes them: where it is a second, which is the default, five readers share them, as the generations of a view and other
     * views of the stream do.
     */
    public Builder pollPause(Duration value) {
      this.pollPause = value;
      return this;
    }

    /** How often shards are listed anew, to notice a split or a merge early. Default 5 s. */
    public Builder shardCheck(Duration value) {
      this.shardCheck = value;
      return this;
    }

    /**
     * How long a member of a group may be silent before its shards go to the others. Default 5 s. One that is there, and has
     * not polled for ten times as long, is taken for dead as well.
     */
    public Builder lease(Duration value) {
      this.lease = value;
      return this;
    }

    /**
     * The configuration, checked.
     *
     * @throws IllegalArgumentException naming every setting that is wrong, and a value that would be right
     */
    public KinesisLogConfig build() {
      var config = new KinesisLogConfig(this);
      var faults = ConfigFaults.of(config);
      if (!faults.isEmpty())
        throw new IllegalArgumentException(
            "the Kinesis log cannot be configured so: " + String.join("; ", faults));
      return config;
    }
  }
}
