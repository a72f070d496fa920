package dev.millrace.schema;

import static dev.millrace.schema.SchemaException.Code.NOT_FRAMED;

import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into bytes and back: {@code 0x00}, four bytes of schema id (big-endian), then Avro binary; what
 * Confluent's serdes write and read. Safe for use by many threads.
 *
 * <p>A payload is not trusted: whatever its bytes, decoding it ends with a value or with a {@link SchemaException}, and
 * takes memory in proportion to its length. A value that its schema would change is refused rather than written.
 */
public final class EventCodec {
  private static final int FRAME_LENGTH = 5;
  private static final int KEPT_BUFFERS = 16;
  private static final int KEPT_CAPACITY = 1 << 20;

  private final SchemaRegistry registry;
  private final Map<EventType<?>, Writer> writers;
  private final Map<Integer, Reader> readers;
  // Virtual threads are many and short-lived: buffers are lent to a thread rather than owned by it.
  private final AtomicReferenceArray<@Nullable AvroOutput> outputs;
  private final Map<String, FieldUse> uses;
  private final @Nullable FieldUse use;

  private record Writer(int schemaId, Write plan) {}

  private record Reader(String type, Read plan) {}

  private EventCodec(SchemaRegistry registry) {
    this.registry = registry;
    this.writers = new ConcurrentHashMap<>();
    this.readers = new ConcurrentHashMap<>();
    this.outputs = new AtomicReferenceArray<>(KEPT_BUFFERS);
    this.uses = new ConcurrentHashMap<>();
    this.use = null;
  }

  private EventCodec(EventCodec codec, FieldUse use) {
    this.registry = codec.registry;
    this.writers = codec.writers;
    this.readers = codec.readers;
    this.outputs = codec.outputs;
    this.uses = codec.uses;
    this.use = use;
  }

  /** A codec that registers the schemas it writes, and finds those it reads, in this registry. */
  public static EventCodec of(SchemaRegistry registry) {
    return new EventCodec(registry);
  }

  /**
   * Encodes an event under the newest version of its type.
   *
   * @throws SchemaException as {@link #encode(EventType, Event)} does
   */
  public byte[] encode(Event event) {
    return encoded(event.eventType(), event);
  }

  /**
   * Encodes an event under the version that the type is at. The first event of a type registers its schema; where the
   * registry does not know it yet, the versions before it are registered first, so that they stand in their order; those
   * of former major versions stand under subjects of their own.
   *
   * @throws SchemaException MISFIT with the path of the field where the event does not fit, such as {@code
   *     lines[3].unitPrice}; INCOMPATIBLE or REGISTRY_UNREACHABLE where the schema could not be registered
   */
  public <E extends Event> byte[] encode(EventType<E> type, E event) {
    return encoded(type, event);
  }

  private byte[] encoded(EventType<?> type, Event event) {
    var writer = writers.get(type);
    if (writer == null) {
      writer = writer(type);
    }
    int slot = (int) (Thread.currentThread().threadId() % KEPT_BUFFERS);
    var kept = outputs.getAndSet(slot, null);
    var out = kept == null ? new AvroOutput() : kept;
    try {
      out.reset();
      out.writeFrame(writer.schemaId);
      writer.plan.write(out, event);
      return out.toByteArray();
    } catch (PathException e) {
      throw e.at(type.name());
    } finally {
      if (out.capacity() <= KEPT_CAPACITY) {
        outputs.set(slot, out);
      }
    }
  }

  private Writer writer(EventType<?> type) {
    var plan = WritePlan.of(type);
    var known = registry.lookup(type.subject(), type.writerSchema());
    int id = known.isPresent() ? known.get().id() : register(type);
    var writer = new Writer(id, plan);
    writers.put(type, writer);
    return writer;
  }

  private int register(EventType<?> type) {
    int id = 0;
    var major = Major.of(type.versions()).getLast();
    for (var version : type.versions().subList(major.first() - 1, type.version())) {
      id = registry.register(type.subject(), version);
    }
    return id;
  }

  /**
   * This codec for a reader that is deployed: {@link #readers} tells what its handlers use. A thread that has decoded an event
   * with a decoder of it handles for this reader, until it decodes for another.
   *
   * @param name what it is and its name, such as {@code view:country-revenue}
   * @param types what it reads
   */
  public EventCodec forReader(String name, Collection<? extends EventType<?>> types) {
    var reader = uses.computeIfAbsent(name, FieldUse::new);
    reader.reads(types);
    return new EventCodec(this, reader);
  }

  /** From here on this thread handles for the reader that this codec is of: for those who had other threads decode for them. */
  public void handle() {
    FieldUse.enter(use);
  }

  /** A decoder for these types: events of others are left alone. */
  public Decoder decoder(Collection<? extends EventType<?>> types) {
    return new TypedDecoder(registry, List.copyOf(types), use);
  }

  /** What each of the {@linkplain #forReader readers} reads: a report for each type of event. */
  public List<EventReader> readers() {
    return uses.values().stream().flatMap(use -> use.reports().stream())
        .sorted(Comparator.comparing(EventReader::name).thenComparing(EventReader::event)).toList();
  }

  /**
   * Decodes any payload by the schema that wrote it, with no class for it.
   *
   * @throws SchemaException as {@link Decoder#decode} does
   */
  public Decoded decodeAny(byte[] payload) {
    int id = schemaId(payload);
    var reader = readers.get(id);
    if (reader == null) {
      var schema = registry.byId(id);
      requireRecord(schema, id);
      reader = new Reader(schema.getFullName(), ReadPlan.of(schema, schema, Shapes.NONE));
      readers.put(id, reader);
    }
    @SuppressWarnings("unchecked") // without shapes a record is read as a map
    var fields = (Map<String, @Nullable Object>) read(reader.plan, payload, reader.type, id);
    return new Decoded(id, reader.type, fields);
  }

  static void requireRecord(Schema schema, int id) {
    if (schema.getType() != Schema.Type.RECORD) {
      throw new SchemaException(SchemaException.Code.UNREADABLE, "schema " + id + " is "
          + schema.getType().getName() + ", but an event is a record");
    }
  }

  /**
   * The schema id in a payload.
   *
   * @throws SchemaException NOT_FRAMED where it has none
   */
  public static int schemaId(byte[] payload) {
    if (payload.length < FRAME_LENGTH || payload[0] != 0) {
      throw new SchemaException(NOT_FRAMED, "a payload of " + payload.length + " bytes"
          + (payload.length == 0 ? "" : " that starts with 0x" + hex(payload[0]))
          + " has no schema id: it must start with 0x00 and the four bytes of one");
    }
    return payload[1] << 24 | (payload[2] & 0xFF) << 16 | (payload[3] & 0xFF) << 8 | (payload[4] & 0xFF);
  }

  private static String hex(byte value) {
    return HexFormat.of().toHexDigits(value);
  }

  /** Reads the whole payload, or fails saying where. */
  static Object read(Read plan, byte[] payload, String type, int id) {
    var in = new AvroInput(payload, FRAME_LENGTH);
    try {
      var value = plan.read(in);
      if (in.remaining() > 0) {
        throw PathException.malformed(in.remaining() + " bytes are left over after the event");
      }
      return Objects.requireNonNull(value, "a record is read as a value");
    } catch (PathException e) {
      throw e.at(type + " (schema id " + id + ", " + payload.length + " bytes)");
    }
  }

  /**
   * Decodes payloads of a fixed set of event types, each as the newest version of its type, by way of the upcasters where
   * it was written under a former major version. Safe for many threads.
   */
  public interface Decoder {
    /**
     * Decodes one payload, or nothing where it is an event of another type. The full name of the schema that wrote it
     * decides, the names that a type had before included.
     *
     * @throws SchemaException UNKNOWN_SCHEMA, NOT_FRAMED, TRUNCATED, MALFORMED or UNREADABLE (the payload's fault);
     *     REGISTRY_UNREACHABLE (try again)
     */
    Optional<Event> decode(byte[] payload);
  }

  /**
   * A payload as plain values: maps, lists, texts, numbers, read-only byte buffers, and the Java types of Avro's logical
   * types. An enum's value is its symbol.
   *
   * @param schemaId the id in the payload
   * @param type the full name of the schema that wrote it
   * @param fields the fields in the schema's order
   */
  public record Decoded(int schemaId, String type, Map<String, @Nullable Object> fields) {}
}
