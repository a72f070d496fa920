package dev.millrace.schema;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Turns events into bytes and back: {@code 0x00}, four bytes of schema id (big-endian), then Avro binary; what
 * Confluent's serdes write and read. Safe for use by many threads.
 */
public final class EventCodec {
  @SuppressWarnings("UnusedVariable")
  private EventCodec(SchemaRegistry registry) {}

  public static EventCodec of(SchemaRegistry registry) {
    return new EventCodec(registry);
  }

  /** Encodes an event under the newest version of its type. */
  public byte[] encode(Event event) {
    throw new UnsupportedOperationException();
  }

  /**
   * Encodes an event under the version that the type is at.
   *
   * @throws SchemaException MISFIT with the path of the field where the event does not fit, such as {@code
   *     lines[3].unitPrice}; INCOMPATIBLE or REGISTRY_UNREACHABLE where the schema could not be registered
   */
  public <E extends Event> byte[] encode(EventType<E> type, E event) {
    throw new UnsupportedOperationException();
  }

  /** A decoder for these types: events of others are left alone. */
  public Decoder decoder(Collection<? extends EventType<?>> types) {
    throw new UnsupportedOperationException();
  }

  /** Decodes any payload by the schema that wrote it, with no class for it. */
  public Decoded decodeAny(byte[] payload) {
    throw new UnsupportedOperationException();
  }

  /** Decodes payloads of a fixed set of event types, each as the newest version of its type. Safe for many threads. */
  public interface Decoder {
    /**
     * Decodes one payload, or nothing where it is an event of another type.
     *
     * @throws SchemaException UNKNOWN_SCHEMA, NOT_FRAMED, TRUNCATED, MALFORMED or UNREADABLE (the payload's fault);
     *     REGISTRY_UNREACHABLE (try again)
     */
    Optional<Event> decode(byte[] payload);
  }

  /**
   * A payload as plain values: maps, lists, texts, numbers, and the Java types of Avro's logical types.
   *
   * @param schemaId the id in the payload
   * @param type the full name of the schema that wrote it
   * @param fields the fields in the schema's order
   */
  public record Decoded(int schemaId, String type, Map<String, Object> fields) {}
}
