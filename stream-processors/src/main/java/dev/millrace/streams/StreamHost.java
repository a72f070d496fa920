package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.INVALID_SETTING;

import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one app in this process, on threads of its own: what it reads, its state and what it writes change together or not
 * at all (exactly once). Several hosts of one app, each with a state directory of its own, share its partitions. Safe for
 * use by many threads.
 *
 * <p>A record that cannot be read, processed or written goes to the app's dead letters. Where the broker or the registry
 * does not answer, the app tries again with growing pauses and skips nothing; any other failure stops it, and its health
 * says so.
 */
public final class StreamHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamHost.class);

  private final StreamApp app;
  private final KafkaStreams streams;
  private final AppLag lag;
  private final Watch watch;
  private final Duration closeTimeout;

  private StreamHost(Builder builder, Topology topology) {
    this.app = builder.app;
    this.closeTimeout = builder.closeTimeout;
    var deadLetters = new LongAdder();
    var settings = HostSettings.of(builder, deadLetters);
    this.streams = new KafkaStreams(topology, settings);
    this.watch = Watch.over(app, streams, deadLetters, builder.clock);
    this.lag = AppLag.of(app, topology, builder.bootstrapServers);
  }

  /** A host for this app. */
  public static Builder builder(StreamApp app) {
    return new Builder(app);
  }

  public StreamApp app() {
    return app;
  }

  public StreamHealth health() {
    return watch.health();
  }

  /**
   * Waits until the app processes.
   *
   * @return whether it does; not if it failed, or the time is over
   */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    return watch.awaitReady(atMost);
  }

  /**
   * How many records of its streams and between its steps the app has yet to process, all instances together. Zero means
   * that all that was in its streams is in its results.
   *
   * @throws StreamAppException UNREACHABLE
   */
  public long lag() {
    return lag.records();
  }

  /** Finishes what it is at, commits, leaves the group and ends its threads, all within the close timeout. */
  @Override
  public void close() {
    watch.closing();
    lag.close();
    var leave = CloseOptions.timeout(closeTimeout)
        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(leave))
      log.error("{} did not end within {}: its threads are left to end by themselves", app.name(),
          closeTimeout);
  }

  /** The settings of a host. Used by one thread. */
  public static final class Builder {
    final StreamApp app;
    final Map<String, Object> more = new LinkedHashMap<>();
    @Nullable
    String bootstrapServers;
    @Nullable
    Path stateDirectory;
    int threads = 1;
    int partitions = 1;
    int replicationFactor = -1;
    Duration commitInterval = Duration.ofMillis(100);
    Duration closeTimeout = Duration.ofSeconds(20);
    Clock clock = Clock.systemUTC();
    private @Nullable EventLog eventLog;
    private @Nullable EventCodec codec;
    private Optional<String> lock = Optional.empty();

    private Builder(StreamApp app) {
      this.app = app;
    }

    /** Where Kafka is, such as {@code localhost:9092}. Required. */
    public Builder bootstrapServers(String bootstrapServers) {
      this.bootstrapServers = bootstrapServers;
      return this;
    }

    /** The same Kafka as a log: missing streams are created through it. Required; stays the caller's to close. */
    public Builder log(EventLog eventLog) {
      this.eventLog = eventLog;
      return this;
    }

    /** Required. */
    public Builder codec(EventCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Where the app keeps its state between runs; one host at a time has it. Required. */
    public Builder stateDirectory(Path stateDirectory) {
      this.stateDirectory = stateDirectory;
      return this;
    }

    /** How many threads process; no more than the largest source has partitions do anything. Default 1. */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /** How many partitions a stream gets that is not there yet. Default 1. */
    public Builder partitions(int partitions) {
      this.partitions = partitions;
      return this;
    }

    /** How many replicas the internal topics have; -1 for the broker's default, which is the default. */
    public Builder replicationFactor(int replicationFactor) {
      this.replicationFactor = replicationFactor;
      return this;
    }

    /** How often results are made visible: the latency of every step that goes through a topic. Default 100 ms. */
    public Builder commitInterval(Duration commitInterval) {
      this.commitInterval = commitInterval;
      return this;
    }

    /** How long {@link StreamHost#close} takes at most. Default 20 s. */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = closeTimeout;
      return this;
    }

    /** The text of the app's {@code <app>.topology}; the host refuses to start where the topology is another. */
    public Builder lock(String text) {
      this.lock = Optional.of(text);
      return this;
    }

    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Any other setting of Kafka Streams or its clients, under its own name, such as {@code security.protocol}. */
    public Builder set(String setting, Object value) {
      more.put(setting, value);
      return this;
    }

    /**
     * Creates the streams that are missing, and starts the app. Returns before it processes.
     *
     * @throws StreamAppException INVALID_SETTING with all faults of the settings; LOCK_MISMATCH; what the topology throws
     * @throws dev.millrace.log.LogException UNREACHABLE where Kafka does not answer
     */
    public StreamHost start() {
      var faults = new ArrayList<String>();
      require(faults, bootstrapServers, "bootstrapServers, such as localhost:9092");
      require(faults, stateDirectory, "stateDirectory, a folder of this app's own");
      require(faults, eventLog, "log, the log that the app reads and writes");
      require(faults, codec, "codec, with the registry of the streams");
      HostSettings.check(this, faults);
      if (!faults.isEmpty() || eventLog == null || codec == null) {
        throw new StreamAppException(INVALID_SETTING,
            "the host of " + app.name() + " cannot start:\n  " + String.join("\n  ", faults));
      }
      var topology = create(eventLog, codec);
      lock.ifPresent(text -> TopologyLock.of(app, topology).check(text));
      var host = new StreamHost(this, topology);
      try {
        host.streams.start();
        return host;
      } catch (RuntimeException failure) {
        host.close();
        throw failure;
      }
    }

    private Topology create(EventLog kafka, EventCodec events) {
      var needed = app.sources();
      needed.addAll(app.sinks());
      needed.add(app.deadLetters());
      for (StreamName stream : needed)
        kafka.create(stream, partitions);
      return app.topology(events, stream -> kafka.partitions(stream).size());
    }

    private static void require(List<String> faults, @Nullable Object value, String what) {
      if (value == null)
        faults.add("missing: " + what);
    }
  }
}
