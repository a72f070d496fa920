package dev.millrace.log.kinesis;

import dev.millrace.log.BatchWriter;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * The log on Amazon Kinesis Data Streams. A stream is a stream, a partition a shard, a position a sequence number and the
 * place within its record.
 *
 * <p>A stream keeps its records for its retention only: 24 hours, unless the service is told otherwise, at most 365 days.
 * A reader whose cursor is further back than that fails as EXPIRED. Splitting and merging shards keeps the order of each key:
 * a shard is read only after those that it came from were read to their end.
 *
 * <p>Safe for use by many threads. Closing it closes its client, and with it what its writers and readers use: close these
 * first.
 */
public final class KinesisLog implements EventLog {
  private static final Pattern WRITER_NAME = Pattern.compile("[A-Za-z0-9-]{1,100}");
  private static final InstantSource CLOCK = InstantSource.system();

  private final KinesisFailures failures;
  private final KinesisAsyncClient client;
  private final ShardDirectory directory;
  private final RecordCalls records;
  private final RecordSearch search;

  private KinesisLog(KinesisFailures failures, KinesisAsyncClient client) {
    this.failures = failures;
    this.client = client;
    this.directory = new ShardDirectory(client, failures);
    this.records = new RecordCalls(client, new ServiceCalls(failures), directory);
    this.search = new RecordSearch(records, CLOCK);
  }

  /**
   * The log as it is configured. The service is first asked when something of it is wanted.
   *
   * @throws dev.millrace.log.LogException REFUSED where neither the configuration nor the SDK's default chain has a region
   */
  public static KinesisLog at(KinesisLogConfig config) {
    var failures = new KinesisFailures(config);
    try {
      return new KinesisLog(failures, SdkClient.of(config));
    } catch (SdkException e) {
      throw failures.of("opening the log", e);
    }
  }

  /** Creates the stream with this many shards of its own capacity: provisioned, not on demand. */
  @Override
  public void create(StreamName stream, int partitions) {
    directory.createStream(stream, partitions);
  }

  @Override
  public Set<StreamName> streams() {
    return directory.streams();
  }

  /** The shards of the stream, closed ones included that may still hold records. */
  @Override
  public Set<Partition> partitions(StreamName stream) {
    var partitions = new TreeSet<Partition>();
    directory.refresh(stream).forEach(shard -> partitions.add(shard.partition()));
    return partitions;
  }

  /** {@inheritDoc} Lists the shards anew where this is none of those that are known: it may have come of a split since. */
  @Override
  public Set<Partition> parents(Partition partition) {
    return directory.parents(partition);
  }

  @Override
  public Cursor end(Set<StreamName> streams) {
    return search.end(streams);
  }

  @Override
  public Cursor at(Set<StreamName> streams, Instant time) {
    return search.before(streams, time);
  }

  @Override
  public Map<Partition, Long> lags(Set<StreamName> streams, Cursor cursor) {
    return search.lags(streams, cursor);
  }

  /** {@inheritDoc} Asks each shard for a few records, out of the five questions that it answers in a second. */
  @Override
  public Optional<Duration> behind(Set<StreamName> streams, Cursor cursor) {
    return Optional.of(search.behind(streams, cursor));
  }

  /** True: the service takes again what is sent again, as its acknowledgement did not arrive. */
  @Override
  public boolean repeats() {
    return true;
  }

  @Override
  public LogWriter writer() {
    return writer(AfterFailure.GO_ON);
  }

  /** A writer for a caller who repeats all from a failure on wants one that stops. */
  LogWriter writer(AfterFailure afterFailure) {
    return new KinesisLogWriter(client, directory, failures, afterFailure);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Its mark is kept in the configured database.
   *
   * @throws dev.millrace.log.LogException REFUSED where no database is configured
   */
  @Override
  public BatchWriter batchWriter(String name) {
    if (!WRITER_NAME.matcher(name).matches())
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a batch writer: use 1 to 100 letters, digits and hyphens");
    var marks = new Marks(database("batch writers such as '" + name + "'"), failures.config().streamPrefix());
    return KinesisBatchWriter.open(name, () -> writer(AfterFailure.STOP), marks);
  }

  @Override
  public LogReader reader(Set<StreamName> streams, Cursor from) {
    var open = openShards(polled());
    try {
      return new KinesisLogReader(streams, from, watch(streams), open);
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The members of a group share out the shards in the configured database: within seconds of one that comes, goes or
   * dies, and without moving more of them than that takes. A shard that was split or merged is done with when the owner
   * answers its end; only then do the members get what came of it.
   *
   * @throws dev.millrace.log.LogException REFUSED where no database is configured
   */
  @Override
  public LogReader reader(Set<StreamName> streams, String group, Ownership ownership) {
    var config = failures.config();
    var leases = new Leases(database("readers of the group '" + group + "'"), config.streamPrefix(), group,
        config.lease());
    var watch = watch(streams);
    watch.listed();
    var consumers = new StreamConsumers(client, records.calls(), directory, group);
    var fanOut = config.reading() == KinesisLogConfig.Reading.FAN_OUT;
    var open = openShards(fanOut ? new PushedShard(consumers, records, polled(), CLOCK) : polled());
    try {
      var membership = new Membership(group, streams, leases, watch, config.lease(), open::wakeup,
          () -> consumers.remove(fanOut ? streams : Set.of()));
      return new KinesisGroupReader(ownership, directory, open, membership);
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  private Database database(String who) {
    var source = failures.config().database().orElseThrow(() -> new LogException(LogException.Code.REFUSED,
        who + " need a PostgreSQL database, in which to keep what Kinesis does not: set KinesisLogConfig's database,"
            + " such as to that of the projections"));
    return new Database(source, failures);
  }

  private OpenShards openShards(ShardSource source) {
    return new OpenShards(source, directory, failures, CLOCK);
  }

  private PolledShard polled() {
    return new PolledShard(records, failures.config().pollPause());
  }

  private ShardWatch watch(Set<StreamName> streams) {
    return new ShardWatch(streams, directory, failures.config().shardCheck());
  }

  @Override
  public void close() {
    client.close();
  }
}
