package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka serdes over the codec: the same bytes that a publisher writes. Safe for use by many threads.
 *
 * <p>A payload that cannot be read fails with the codec's {@link dev.millrace.schema.SchemaException}, whose fault says
 * whether the payload or the registry is to blame. A null payload is a null event.
 */
public final class EventSerdes {
  private final EventCodec codec;

  private EventSerdes(EventCodec codec) {
    this.codec = codec;
  }

  public static EventSerdes of(EventCodec codec) {
    return new EventSerdes(codec);
  }

  /** The keys of every stream: UTF-8 text. */
  public static Serde<String> key() {
    return Serdes.String();
  }

  /** One type. An event of another type reads as null: it is passed over, not refused. */
  public <E extends Event> Serde<E> of(EventType<E> type) {
    var decoder = codec.decoder(List.of(type));
    Serializer<E> serializer = (topic, event) -> event == null ? null : codec.encode(type, event);
    Deserializer<E> deserializer = (topic, payload) -> payload == null
        ? null
        : decoder.decode(payload).map(type.javaClass()::cast).orElse(null);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  /**
   * Several types of one stream. An event of any other type reads as null. Writes each event under the version that its
   * type has here, or under the newest where it is none of them.
   */
  public Serde<Event> of(Collection<? extends EventType<?>> types) {
    var decoder = codec.decoder(types);
    Serializer<Event> serializer = (topic, event) -> event == null ? null : encode(types, event);
    Deserializer<Event> deserializer = (topic, payload) -> payload == null
        ? null
        : decoder.decode(payload).orElse(null);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private byte @Nullable [] encode(Collection<? extends EventType<?>> types, Event event) {
    for (var type : types) {
      if (type.javaClass().isInstance(event))
        return encodeAs(type, event);
    }
    return codec.encode(event);
  }

  private <E extends Event> byte[] encodeAs(EventType<E> type, Event event) {
    return codec.encode(type, type.javaClass().cast(event));
  }
}
