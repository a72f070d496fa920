package dev.millrace.publish;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;

/**
 * Publishes events to the log, in the background. Safe for use by many threads.
 *
 * <p>Order: an event is encoded and handed to the log within the call, so events of one key are read in the order of the
 * calls that published them: the calls of one thread, or of several threads that order them among themselves (P1). Calls
 * that run at the same time have no order. Where one event fails, those after it are published all the same.
 *
 * <p>Durability: an event whose future completed with a {@link Receipt} is in the log (P2). Where the future failed with
 * an EXTERNAL fault the event may or may not be: publish it again with the same id.
 */
public final class Publisher implements AutoCloseable {
  private final LogWriter writer;
  private final Stamp stamp;
  private final int maxInFlight;
  private final Duration timeout;
  private final Semaphore room;
  private final BiConsumer<@Nullable Receipt, @Nullable Throwable> makeRoom;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Publisher(Builder builder) {
    this.writer = builder.writer;
    this.stamp = new Stamp(builder.codec, builder.source, builder.clock, builder.written);
    this.maxInFlight = builder.maxInFlight;
    this.timeout = builder.timeout;
    this.room = new Semaphore(maxInFlight);
    this.makeRoom = (receipt, failure) -> room.release();
  }

  /**
   * A publisher with the options still to be chosen; {@code source} must be.
   *
   * @param writer the publisher's own from {@code build()} on: it is closed with the publisher. How long the log may take
   *     to acknowledge an event is the writer's setting.
   */
  public static Builder builder(LogWriter writer, EventCodec codec) {
    return new Builder(writer, codec);
  }

  /** Publishes an event; see {@link #publish(Event, UnaryOperator)}. */
  public CompletableFuture<Receipt> publish(Event event) {
    return publish(event, UnaryOperator.identity());
  }

  /**
   * Publishes an event. Blocks only while as many events are in flight as may be, and at most for the publisher's timeout.
   *
   * @param labelling adds to the envelope: {@code envelope -> envelope.causedBy(other)}, an id or a time of its own
   * @return completed with the receipt, or with the one reason why this event was not published, which disturbs no other:
   *     {@link dev.millrace.schema.SchemaException} MISFIT where it does not fit its schema, with the path of the field;
   *     {@link PublishException} NO_ROOM, INTERRUPTED or MISLABELLED; {@link dev.millrace.log.LogException} where the log
   *     refused it or did not acknowledge it in time
   * @throws IllegalStateException after {@link #close}
   */
  public CompletableFuture<Receipt> publish(Event event, UnaryOperator<Envelope> labelling) {
    requireOpen();
    LogEntry entry;
    try {
      entry = stamp.on(event, labelling);
      awaitRoom(entry);
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
    return append(entry);
  }

  /** Waits until every event published before has its receipt or its failure. */
  public void flush() {
    writer.flush();
  }

  /** Waits as {@link #flush} does, also for calls that run at the same time, then closes the writer. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true))
      return;
    writer.flush();
    // Whoever has room by now has appended once the room is ours, and has its answer.
    room.acquireUninterruptibly(maxInFlight);
    writer.close();
    // Whoever waits for room still is refused now, instead of when its time is over.
    room.release(maxInFlight);
  }

  private CompletableFuture<Receipt> append(LogEntry entry) {
    CompletableFuture<Receipt> receipt;
    try {
      requireOpen();
      receipt = writer.append(entry);
    } catch (Throwable failure) {
      room.release();
      throw failure;
    }
    var _ = receipt.whenComplete(makeRoom);
    return receipt;
  }

  private void awaitRoom(LogEntry entry) {
    if (room.tryAcquire())
      return;
    try {
      if (room.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS))
        return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PublishException(Code.INTERRUPTED, "interrupted before " + named(entry) + " was published",
          e);
    }
    throw new PublishException(Code.NO_ROOM, named(entry) + " was not published: " + maxInFlight
        + " events are in flight, and none was acknowledged within " + timeout.toMillis()
        + " ms. Is the log reachable? If it is slow, allow more with maxInFlight or wait longer with timeout");
  }

  private static String named(LogEntry entry) {
    return entry.envelope().type() + " of key '" + entry.key() + "' for stream " + entry.stream();
  }

  private void requireOpen() {
    if (closed.get())
      throw new IllegalStateException("the publisher is closed");
  }

  /** The options of a publisher. */
  public static final class Builder {
    private final LogWriter writer;
    private final EventCodec codec;
    private final Map<String, EventType<?>> written = new HashMap<>();
    private String source = "";
    private Clock clock = Clock.systemUTC();
    private int maxInFlight = 10_000;
    private Duration timeout = Duration.ofSeconds(30);

    private Builder(LogWriter writer, EventCodec codec) {
      this.writer = writer;
      this.codec = codec;
    }

    /** Who publishes, such as {@code /sales}: the envelope's source. */
    public Builder source(String source) {
      this.source = source;
      return this;
    }

    /** What the envelope's time and id are taken from; the system's clock by default. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** How many events may wait for their receipt; 10,000 by default. */
    public Builder maxInFlight(int maxInFlight) {
      if (maxInFlight < 1)
        throw new IllegalArgumentException("maxInFlight is " + maxInFlight + ", but at least 1 is needed");
      this.maxInFlight = maxInFlight;
      return this;
    }

    /** How long a publish waits for room; 30 s by default. */
    public Builder timeout(Duration timeout) {
      if (timeout.isNegative())
        throw new IllegalArgumentException("a timeout is not negative: " + timeout);
      this.timeout = timeout;
      return this;
    }

    /** Writes this type under the version that it is at: {@code writing(OrderPlaced.TYPE.at(1))}. */
    public Builder writing(EventType<?> type) {
      written.put(type.name(), type);
      return this;
    }

    /** Builds it; an {@link IllegalArgumentException} where there is no source. */
    public Publisher build() {
      return new Publisher(this);
    }
  }
}
