package dev.millrace.publish;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;

/** Makes what is appended out of an event: its stream and key, an envelope, and its bytes. Safe for many threads. */
final class Stamp {
  /** What is the same for every event of a type, worked out once. */
  private record Way(StreamName stream, EventType<?> written) {}

  private final EventCodec codec;
  private final String source;
  private final Clock clock;
  private final Map<String, EventType<?>> written;
  private final Map<EventType<?>, Way> ways = new ConcurrentHashMap<>();
  private final EventIds ids = new EventIds();

  /** @param written the versions to write, by the names of their types; the newest of the others */
  Stamp(EventCodec codec, String source, Clock clock, Map<String, EventType<?>> written) {
    if (source.isBlank())
      throw new IllegalArgumentException("who publishes? Give a source, such as source(\"/sales\")");
    this.codec = codec;
    this.source = source;
    this.clock = clock;
    this.written = Map.copyOf(written);
  }

  /** @throws dev.millrace.schema.SchemaException as {@link EventCodec#encode} does */
  LogEntry on(Event event, UnaryOperator<Envelope> labelling) {
    var type = event.eventType();
    var way = ways.get(type);
    return entry(event, type, way != null ? way : ways.computeIfAbsent(type, this::wayOf), labelling);
  }

  @SuppressWarnings("unchecked") // an event's type is the type of its class, whichever version it is at
  private <E extends Event> LogEntry entry(Event event, EventType<E> type, Way way,
      UnaryOperator<Envelope> labelling) {
    var typed = (E) event;
    var payload = codec.encode((EventType<E>) way.written, typed);
    var now = clock.instant();
    var plain = Envelope.of(ids.next(now.toEpochMilli()), source, type.name(), now, type.keyOf(typed));
    var envelope = labelling.apply(plain);
    if (!envelope.subject().equals(plain.subject()) || !envelope.type().equals(plain.type())) {
      throw new PublishException(Code.MISLABELLED, "a " + plain.type() + " of key '" + plain.subject()
          + "' was labelled as a " + envelope.type() + " of key '" + envelope.subject()
          + "': change id, source, time, cause or trace, not what the event itself says");
    }
    return new LogEntry(way.stream, envelope.subject(), envelope, payload);
  }

  private Way wayOf(EventType<?> type) {
    return new Way(StreamName.of(type.stream()), written.getOrDefault(type.name(), type));
  }
}
