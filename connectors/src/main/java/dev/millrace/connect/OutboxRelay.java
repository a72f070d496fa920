package dev.millrace.connect;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.connect.RelayHealth.State;
import dev.millrace.log.EventLog;

/**
 * Brings the entries of an outbox to the log: each once, and entries with one key in the order of the commits of the
 * transactions that wrote them. Works in the background from {@link #start} to {@link #close}; safe for use by many threads.
 *
 * <p><b>How.</b> The embedded Debezium engine tells, from PostgreSQL's write-ahead log, which rows were committed, in that
 * order. A batch of them is read from the table, appended to the log in one transaction with a mark that names the rows,
 * and deleted; then the replication slot moves. After a crash the rows of the log's last mark are deleted first. Then a row
 * that is in the table was not relayed, and one that is not was: what the slot tells of again is left alone. Nothing is
 * concluded from positions in the write-ahead log, which a relay sees otherwise from run to run.
 *
 * <p><b>A lost slot.</b> Where the slot is not there, or the server has given up on it, a new one is created, and the rows
 * in the table are brought over before it is read: nothing is lost (P2). The write-ahead log no longer tells the order of
 * these rows. They are brought in the order of the commits' times where the server has {@code track_commit_timestamp = on},
 * and in that of their ids where it has not: for entries with one key that is the order of the commits too, if the
 * transactions that write them exclude one another before they append, as those do that lock or change one row first.
 *
 * <p><b>Failures.</b> Whatever fails, database or log, is tried again with growing pauses, and said in the health; an entry
 * that the log refuses holds up those after it until it is mended or its row is deleted. A log without transactions may
 * hold a batch twice after a crash. A database restored from a backup, or a standby that took over without the last
 * deletes, has rows again that were relayed: they are relayed twice.
 *
 * <p><b>The database</b> needs {@code wal_level = logical} and should set {@code max_slot_wal_keep_size}. The user needs
 * REPLICATION, and SELECT and DELETE on the outbox. The slot is called {@code millrace_} and the relay's name. The relay
 * keeps about five connections.
 */
public final class OutboxRelay implements AutoCloseable {
  private static final Duration STOP_RETRY = Duration.ofMillis(20);

  private final RelayConfig config;
  private final Slot slot;
  private final Pulse pulse;
  private final Pause pause = new Pause();
  private final AtomicBoolean sweepNext = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();
  private final Thread worker;
  private final Thread watcher;
  private volatile @Nullable Session session;

  private OutboxRelay(RelayConfig config) {
    this.config = config;
    this.slot = Slot.of(config.name());
    this.pulse = new Pulse(config.name());
    this.worker = Thread.ofVirtual().name("outbox-relay-" + config.name()).unstarted(this::work);
    this.watcher = Thread.ofVirtual().name("outbox-watch-" + config.name())
        .unstarted(new Watch(config.database(), slot, pulse, pause, this::missed));
  }

  /** A relay with the options still to be chosen; {@code name}, {@code log} and {@code database} must be. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts relaying, in the background: the database or the log may be away still. */
  public OutboxRelay start() {
    if (started.getAndSet(true) || pause.isClosed())
      throw new IllegalStateException("the relay was started before");
    worker.start();
    watcher.start();
    return this;
  }

  /** The relay's name. */
  public String name() {
    return config.name();
  }

  /** How the relay fares. Answers at once. */
  public RelayHealth health() {
    return pulse.health();
  }

  /** Stops, after the batch at hand; what is in the outbox stays there for the next relay of this name. */
  @Override
  public void close() {
    pause.close();
    if (started.get()) {
      stop(worker);
      stop(watcher);
    }
    pulse.enter(State.CLOSED);
  }

  private void work() {
    int failures = 0;
    while (!pause.isClosed()) {
      long before = pulse.health().relayed();
      try {
        var next = new Session(config, slot, pulse, pause);
        session = next;
        next.run(sweepNext.getAndSet(false));
      } catch (SQLException e) {
        failed(config.database().failed(e));
      } catch (RuntimeException e) {
        failed(e);
      }
      failures = pulse.health().relayed() > before ? 1 : failures + 1;
      pause.await(failures);
    }
  }

  private void failed(RuntimeException failure) {
    if (!pause.isClosed()) {
      pulse.failed(failure);
    }
  }

  private void missed() {
    sweepNext.set(true);
    var running = session;
    if (running != null) {
      running.stop();
    }
  }

  /** The engine cannot be stopped while it starts: it is asked until it has stopped. */
  private void stop(Thread thread) {
    try {
      do {
        var running = session;
        if (running != null) {
          running.stop();
        }
      } while (!thread.join(STOP_RETRY));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The options of a relay. */
  public static final class Builder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

    private String name = "";
    private @Nullable EventLog log;
    private @Nullable Database database;
    private int batchSize = 2_000;
    private Duration pollInterval = Duration.ofMillis(2);

    private Builder() {}

    /** The relay's name: one for each outbox, and one relay of a name at a time. Lower-case letters, digits and hyphens. */
    public Builder name(String name) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'" + name + "' is no relay's name: use 1 to 40 lower-case letters, digits and hyphens");
      }
      this.name = name;
      return this;
    }

    /** Where to; stays the caller's. */
    public Builder log(EventLog log) {
      this.log = log;
      return this;
    }

    /** The database with the outbox: {@code jdbc:postgresql://localhost:5432/sales}, with any of the driver's options. */
    public Builder database(String url, String user, String password) {
      this.database = new Database(url, user, password);
      return this;
    }

    /** How many entries go to the log in one transaction at most; 2,000 by default. */
    public Builder batchSize(int batchSize) {
      if (batchSize < 1)
        throw new IllegalArgumentException("a batch has at least 1 entry, not " + batchSize);
      this.batchSize = batchSize;
      return this;
    }

    /** How long the relay rests when there is nothing to do: latency against idle work; 2 ms by default. */
    public Builder pollInterval(Duration pollInterval) {
      if (pollInterval.toMillis() < 1)
        throw new IllegalArgumentException("a poll interval is at least 1 ms, not " + pollInterval);
      this.pollInterval = pollInterval;
      return this;
    }

    /** Builds it; an {@link IllegalArgumentException} where name, log or database is missing. */
    public OutboxRelay build() {
      if (name.isEmpty() || log == null || database == null)
        throw new IllegalArgumentException("a relay needs a name, a log and a database");
      return new OutboxRelay(new RelayConfig(name, log, database, batchSize, pollInterval));
    }
  }
}
