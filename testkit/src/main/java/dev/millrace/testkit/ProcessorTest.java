package dev.millrace.testkit;

import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.streams.StreamApp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Given, when, then for a stream app, in this thread and with no broker: Kafka Streams' own test driver, the real codec
 * and a registry in memory.
 *
 * <pre>{@code
 * try (var test = ProcessorTest.of(orderDetails)) {
 *   test.given(new ProductListed("85123A", "HOLDER"))
 *       .when(new OrderPlaced("536365", …))
 *       .thenPublishes(new OrderEnriched("536365", …));
 * }
 * }</pre>
 *
 * Each event is published in an envelope of its own, a millisecond after the one before. Used by one thread.
 */
public final class ProcessorTest implements AutoCloseable {
  /** When the first event happens. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final DrivenApp app;
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private int published;

  private ProcessorTest(StreamApp app) {
    this.app = DrivenApp.of(app, codec);
  }

  public static ProcessorTest of(StreamApp app) {
    return new ProcessorTest(app);
  }

  /** Publishes what has happened already; what the app derives of it is of no interest. */
  public ProcessorTest given(Event... events) {
    for (var event : events)
      publish(event);
    app.derived();
    app.deadLetters();
    return this;
  }

  /** Publishes an event. */
  public Outcome when(Event event) {
    var cause = publish(event);
    return new Outcome(cause, app.derived(), app.deadLetters());
  }

  /** Lets the time pass, for windows and timers; the outcome has no cause. */
  public Outcome whenPasses(Duration time) {
    app.pass(time);
    return new Outcome(Optional.empty(), app.derived(), app.deadLetters());
  }

  /** Publishes a payload as it is, such as one that nobody can read. */
  public Outcome whenPayload(String stream, String key, byte[] payload) {
    var cause = envelope("broken", key);
    app.publish(stream, cause, payload);
    return new Outcome(Optional.of(cause), app.derived(), app.deadLetters());
  }

  @Override
  public void close() {
    app.close();
  }

  private Optional<Envelope> publish(Event event) {
    var key = Keys.of(event);
    var cause = envelope(event.eventType().name(), key);
    app.publish(event.eventType().stream(), cause, codec.encode(event));
    return Optional.of(cause);
  }

  private Envelope envelope(String type, String key) {
    published++;
    return Envelope.of("event-" + published, "/test", type, START.plusMillis(published), key);
  }

  /** What came of an event. */
  public static final class Outcome {
    private final Optional<Envelope> cause;
    private final List<DrivenApp.Derived> derived;
    private final List<DrivenApp.DeadLetter> deadLetters;

    private Outcome(Optional<Envelope> cause, List<DrivenApp.Derived> derived,
        List<DrivenApp.DeadLetter> deadLetters) {
      this.cause = cause;
      this.derived = derived;
      this.deadLetters = deadLetters;
    }

    /**
     * The app published these events and no others, in this order, each on the stream of its type, under its key, and in
     * an envelope that names the event as its cause.
     */
    public Outcome thenPublishes(Event... expected) {
      if (!deadLetters.isEmpty())
        throw new AssertionError(
            "expected " + List.of(expected) + ", but there are dead letters: " + deadLetters);
      var events = derived.stream().map(DrivenApp.Derived::event).toList();
      if (!events.equals(List.of(expected)))
        throw new AssertionError(
            "expected the app to publish\n  " + List.of(expected) + "\nand it published\n  " + events);
      var faults = new ArrayList<String>();
      cause.ifPresent(said -> derived.forEach(result -> faults.addAll(result.faults(said))));
      if (!faults.isEmpty())
        throw new AssertionError(String.join("\n", faults));
      return this;
    }

    /** The app published nothing. */
    public Outcome thenPublishesNothing() {
      return thenPublishes();
    }

    /** The event went to the dead letters, for a reason whose text contains this. */
    public Outcome thenIsDeadLetter(String reason) {
      if (deadLetters.size() != 1 || !deadLetters.getFirst().reason().contains(reason))
        throw new AssertionError("expected one dead letter for '" + reason + "', not " + deadLetters);
      return this;
    }

    /** The envelopes of what the app published, in order, for checks of one's own. */
    public List<Envelope> envelopes() {
      return derived.stream().map(DrivenApp.Derived::envelope).toList();
    }
  }
}
