package dev.millrace.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.millrace.connect.BridgeHealth.State;
import dev.millrace.log.BatchWriter;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Fault;

/**
 * Carries a stream of one log over to another, or to another stream of the same: key, envelope and payload as they are, the
 * schema ids in it included, and the records of a key in their order. Works in the background from {@link #start} to {@link
 * #close}; safe for use by many threads.
 *
 * <p><b>How often.</b> With each batch the log that is written to gets a mark of how far the other is read, and a bridge goes
 * on at the last mark of its name: after a crash on Kafka each record is there once, as batch and mark are one transaction;
 * on a log without transactions the last batch may be there twice, under the same event ids. Where the log that is read may
 * itself hold an event twice ({@link EventLog#repeats}), the second is left behind if it comes within five minutes, and within
 * the last million of events where they are more.
 *
 * <p><b>Failures.</b> A log that is away is asked again with growing pauses, and the health says so. What trying again does
 * not mend, such as a record with no envelope, one that the other log finds too large, or records behind the mark that are past
 * their retention, stops the bridge at that batch: no record is passed over.
 */
public final class Bridge implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Bridge.class);
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final String name;
  private final EventLog source;
  private final StreamName from;
  private final EventLog target;
  private final StreamName to;
  private final Pause pause = new Pause();
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicLong carried = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread worker;
  private volatile State state = State.STARTING;
  private volatile Cursor cursor = Cursor.start();
  private volatile @Nullable String lastError;
  private volatile @Nullable LogReader reader;

  private Bridge(Builder builder, EventLog source, StreamName from, EventLog target, StreamName to) {
    this.name = builder.name;
    this.source = source;
    this.from = from;
    this.target = target;
    this.to = to;
    this.worker = Thread.ofVirtual().name("bridge-" + name).unstarted(this::work);
  }

  /** A bridge with the options still to be chosen; all must be. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts carrying, in the background: the logs may be away still. A bridge is started once. */
  public Bridge start() {
    if (started.getAndSet(true) || pause.isClosed())
      throw new IllegalStateException("the bridge was started before");
    worker.start();
    return this;
  }

  public String name() {
    return name;
  }

  /** How the bridge fares. Answers at once. */
  public BridgeHealth health() {
    return new BridgeHealth(state, carried.get(), dropped.get(), cursor, Optional.ofNullable(lastError));
  }

  /** Stops after the batch at hand; the next bridge of this name goes on there. */
  @Override
  public void close() {
    pause.close();
    try {
      while (started.get() && !worker.join(IDLE)) {
        var open = reader;
        if (open != null)
          open.wakeup();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    state = State.CLOSED;
  }

  private void work() {
    int failures = 0;
    while (!pause.isClosed()) {
      long before = carried.get();
      try (var writer = target.batchWriter("bridge-" + name)) {
        carry(writer);
      } catch (LogException e) {
        if (e.fault() != Fault.EXTERNAL) {
          fail(e);
          return;
        }
        retry(e);
      } catch (RuntimeException e) {
        fail(e);
        return;
      } catch (Error e) {
        fail(e);
        throw e;
      }
      failures = carried.get() > before ? 1 : failures + 1;
      pause.await(failures);
    }
  }

  private void carry(BatchWriter writer) {
    var mark = writer.mark().map(text -> BridgeMark.parse(text, from)).orElse(BridgeMark.start(from));
    var recent = new RecentEvents();
    cursor = mark.cursor();
    try (var opened = source.reader(Set.of(from), beginning(mark))) {
      reader = opened;
      state = State.CARRYING;
      while (!pause.isClosed()) {
        var batch = opened.poll(IDLE);
        var entries = new ArrayList<LogEntry>();
        for (var record : batch.records()) {
          if (isNew(record, mark, recent))
            entries.add(new LogEntry(to, record.key(), record.envelope(), record.payload()));
        }
        if (!mark.cursor().hasReached(batch.cursor())) {
          mark = mark.with(batch.records(), batch.cursor());
          writer.append(entries, mark.toString());
          carried.addAndGet(entries.size());
          cursor = mark.cursor();
        }
      }
    } finally {
      reader = null;
    }
  }

  /** Where reading begins: at the mark, or so long before it that what comes a second time is known. */
  private Cursor beginning(BridgeMark mark) {
    if (!source.repeats() || mark.places().isEmpty())
      return mark.cursor();
    prove(mark.cursor());
    var earlier = new HashMap<Instant, Cursor>();
    var positions = new HashMap<Partition, Position>();
    mark.places().forEach((partition, place) -> earlier
        .computeIfAbsent(RecentEvents.before(place.appendedAt()), time -> source.at(Set.of(from), time))
        .position(partition)
        .ifPresent(position -> positions.put(partition,
            position.compareTo(place.position()) < 0 ? position : place.position())));
    return Cursor.of(positions);
  }

  /** Throws where what follows the mark is not all there any more: a reading that begins before it would not know. */
  private void prove(Cursor mark) {
    source.reader(Set.of(from), mark).close();
    var _ = source.behind(Set.of(from), mark);
  }

  /** What lies before the mark is read again only to know it when it comes a second time. */
  private boolean isNew(LogRecord record, BridgeMark mark, RecentEvents recent) {
    boolean unseen = !source.repeats() || recent.add(record);
    if (mark.covers(record))
      return false;
    if (!unseen)
      dropped.incrementAndGet();
    return unseen;
  }

  private void retry(RuntimeException failure) {
    var error = String.valueOf(failure.getMessage());
    if (!error.equals(lastError))
      LOGGER.warn("Bridge {} tries again until it can: {}", name, error);
    lastError = error;
    state = State.RETRYING;
  }

  private void fail(Throwable failure) {
    lastError = String.valueOf(failure.getMessage());
    state = State.FAILED;
    LOGGER.error("Bridge {} has stopped for good", name, failure);
  }

  /** The options of a bridge. */
  public static final class Builder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

    private String name = "";
    private @Nullable EventLog source;
    private @Nullable StreamName from;
    private @Nullable EventLog target;
    private @Nullable StreamName to;

    private Builder() {}

    /** The bridge's name: its place in the stream is kept under it. Lower-case letters, digits and hyphens. */
    public Builder name(String name) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'" + name + "' is no bridge's name: use 1 to 40 lower-case letters, digits and hyphens");
      }
      this.name = name;
      return this;
    }

    /** What is read. The log stays the caller's. */
    public Builder from(EventLog log, StreamName stream) {
      this.source = log;
      this.from = stream;
      return this;
    }

    /** Where it is carried to; the stream must be there. The log stays the caller's. */
    public Builder to(EventLog log, StreamName stream) {
      this.target = log;
      this.to = stream;
      return this;
    }

    /** Builds it; an {@link IllegalArgumentException} where something is missing, or the stream would be carried to itself. */
    public Bridge build() {
      if (name.isEmpty() || source == null || from == null || target == null || to == null)
        throw new IllegalArgumentException("a bridge needs a name, a stream to read and one to carry it to");
      if (source.equals(target) && from.equals(to))
        throw new IllegalArgumentException("a bridge from " + from + " to itself would never end");
      return new Bridge(this, source, from, target, to);
    }
  }
}
