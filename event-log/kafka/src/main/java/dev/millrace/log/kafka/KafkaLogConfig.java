package dev.millrace.log.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How a {@link KafkaLog} reaches its brokers, writes and reads. Immutable. Its text shows no values of properties. */
public final class KafkaLogConfig {
  private static final Set<String> OURS = Set.of("acks", "enable.idempotence", "isolation.level",
      "auto.offset.reset", "enable.auto.commit", "key.serializer", "value.serializer", "key.deserializer",
      "value.deserializer", "transactional.id", "group.id", "group.protocol", "bootstrap.servers",
      "allow.auto.create.topics", "partitioner.class");

  private final String bootstrapServers;
  private final Map<String, String> properties;
  private final short replicationFactor;
  private final Duration requestTimeout;
  private final Duration deliveryTimeout;
  private final Duration linger;
  private final int batchBytes;
  private final long bufferBytes;
  private final String compression;
  private final int pollRecords;
  private final int pollBytes;
  private final Duration partitionCheck;

  private KafkaLogConfig(Builder builder) {
    this.bootstrapServers = builder.bootstrapServers;
    this.properties = Map.copyOf(builder.properties);
    this.replicationFactor = (short) builder.replicationFactor;
    this.requestTimeout = builder.requestTimeout;
    this.deliveryTimeout = builder.deliveryTimeout;
    this.linger = builder.linger;
    this.batchBytes = builder.batchBytes;
    this.bufferBytes = builder.bufferBytes;
    this.compression = builder.compression;
    this.pollRecords = builder.pollRecords;
    this.pollBytes = builder.pollBytes;
    this.partitionCheck = builder.partitionCheck;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The configuration for the brokers at this address, the rest as it is by default. */
  public static KafkaLogConfig of(String bootstrapServers) {
    return builder().bootstrapServers(bootstrapServers).build();
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** What the Kafka clients get beside the settings here. May hold secrets: not to be logged. */
  public Map<String, String> properties() {
    return properties;
  }

  public short replicationFactor() {
    return replicationFactor;
  }

  public Duration requestTimeout() {
    return requestTimeout;
  }

  public Duration deliveryTimeout() {
    return deliveryTimeout;
  }

  public Duration linger() {
    return linger;
  }

  public int batchBytes() {
    return batchBytes;
  }

  public long bufferBytes() {
    return bufferBytes;
  }

  public String compression() {
    return compression;
  }

  public int pollRecords() {
    return pollRecords;
  }

  public int pollBytes() {
    return pollBytes;
  }

  public Duration partitionCheck() {
    return partitionCheck;
  }

  @Override
  public String toString() {
    return "Kafka at " + bootstrapServers + " with " + new TreeMap<>(properties).keySet();
  }

  /** Builds a {@link KafkaLogConfig}; all but the address has a default. */
  public static final class Builder {
    private String bootstrapServers = "";
    private final Map<String, String> properties = new TreeMap<>();
    private int replicationFactor = -1;
    private Duration requestTimeout = Duration.ofSeconds(15);
    private Duration deliveryTimeout = Duration.ofMinutes(2);
    private Duration linger = Duration.ofMillis(5);
    private int batchBytes = 128 * 1024;
    private long bufferBytes = 64L * 1024 * 1024;
    private String compression = "none";
    private int pollRecords = 10_000;
    private int pollBytes = 16 * 1024 * 1024;
    private Duration partitionCheck = Duration.ofSeconds(5);

    private Builder() {}

    /** Where the brokers are: {@code host:port}, several with commas between. */
    public Builder bootstrapServers(String value) {
      this.bootstrapServers = value;
      return this;
    }

    /** A property of every Kafka client that is opened: producers, consumers and admins; such as {@code sasl.jaas.config}. */
    public Builder with(String property, String value) {
      properties.put(property, value);
      return this;
    }

    /** How many replicas a new stream gets; -1, the default, is the brokers' default. */
    public Builder replicationFactor(int value) {
      this.replicationFactor = value;
      return this;
    }

    /** How long a question to the brokers may take, retries included. Default 15 s. */
    public Builder requestTimeout(Duration value) {
      this.requestTimeout = value;
      return this;
    }

    /** How long an append may take, retries included, before it fails. Default 2 minutes. */
    public Builder deliveryTimeout(Duration value) {
      this.deliveryTimeout = value;
      return this;
    }

    /** How long an entry waits for others to share its request. Default 5 ms. */
    public Builder linger(Duration value) {
      this.linger = value;
      return this;
    }

    /** The size of a full batch of entries of one partition. Default 128 KiB. */
    public Builder batchBytes(int value) {
      this.batchBytes = value;
      return this;
    }

    /** How much a writer may hold that is not acknowledged yet; appending blocks beyond it. Default 64 MiB. */
    public Builder bufferBytes(long value) {
      this.bufferBytes = value;
      return this;
    }

    /** How batches are compressed: {@code none} (the default), {@code lz4}, {@code zstd}, {@code snappy}, {@code gzip}. */
    public Builder compression(String value) {
      this.compression = value;
      return this;
    }

    /** The most records of one poll. Default 10,000; a reader without a group takes 2,000 at most. */
    public Builder pollRecords(int value) {
      this.pollRecords = value;
      return this;
    }

    /** About how many bytes a reader fetches at once; a poll brings no more, except for one record that is larger. */
    public Builder pollBytes(int value) {
      this.pollBytes = value;
      return this;
    }

    /** How often a reader looks for partitions that were added. Default 5 s. */
    public Builder partitionCheck(Duration value) {
      this.partitionCheck = value;
      return this;
    }

    /**
     * The configuration, checked.
     *
     * @throws IllegalArgumentException naming every setting that is wrong, and a value that would be right
     */
    public KafkaLogConfig build() {
      var faults = faults();
      if (!faults.isEmpty())
        throw new IllegalArgumentException(
            "the Kafka log cannot be configured so: " + String.join("; ", faults));
      return new KafkaLogConfig(this);
    }

    private List<String> faults() {
      var faults = new ArrayList<String>();
      if (bootstrapServers.isBlank())
        faults.add("bootstrapServers is empty: say where the brokers are, such as localhost:9092");
      if (replicationFactor == 0 || replicationFactor < -1 || replicationFactor > Short.MAX_VALUE)
        faults.add(
            "replicationFactor is " + replicationFactor + ": use 1 or more, or -1 for the brokers' default");
      requirePositive(faults, "requestTimeout", requestTimeout, "PT15S");
      requirePositive(faults, "partitionCheck", partitionCheck, "PT5S");
      if (linger.isNegative())
        faults.add("linger is " + linger + ": use 0 or more, such as PT0.005S");
      if (deliveryTimeout.compareTo(requestTimeout.plus(linger)) < 0)
        faults.add("deliveryTimeout is " + deliveryTimeout + ": it holds at least requestTimeout and linger, "
            + requestTimeout.plus(linger));
      if (batchBytes < 1)
        faults.add("batchBytes is " + batchBytes + ": use 1 or more, such as 131072");
      if (bufferBytes < batchBytes)
        faults.add("bufferBytes is " + bufferBytes + ": it holds at least one batch, " + batchBytes);
      if (!Set.of("none", "lz4", "zstd", "snappy", "gzip").contains(compression))
        faults.add("compression is '" + compression + "': use none, lz4, zstd, snappy or gzip");
      if (pollRecords < 1)
        faults.add("pollRecords is " + pollRecords + ": use 1 or more, such as 10000");
      if (pollBytes < 1)
        faults.add("pollBytes is " + pollBytes + ": use 1 or more, such as 16777216");
      properties.keySet().stream().filter(OURS::contains)
          .forEach(key -> faults.add(key + " is not to be set: what the log promises rests on it"));
      return faults;
    }

    private static void requirePositive(List<String> faults, String name, Duration value, String right) {
      if (value.isNegative() || value.isZero())
        faults.add(name + " is " + value + ": use more than 0, such as " + right);
    }
  }
}
