package dev.millrace.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * A type of event with its whole contract: the stream it is said on, the field that orders it, who owns it, and every
 * version of its schema. Nobody configures a topic or a key in code. Immutable.
 *
 * <p>The contract stands in the .avsc beside the fields: {@code "stream"}, {@code "key"} and {@code "owner"}.
 *
 * @param <E> the generated record
 */
public final class EventType<E extends Event> {
  private final Shape<E> shape;
  private final List<Schema> versions;
  private final Optional<Former<?>> former;
  private final List<EventType<E>> family;
  private final int version;
  private final int keyIndex;
  private final List<String> keySymbols;

  private EventType(Shape<E> shape, List<Schema> versions, Optional<Former<?>> former,
      List<EventType<E>> family,
      int version) {
    this.shape = shape;
    this.versions = versions;
    this.former = former;
    this.family = family;
    this.version = version;
    this.keyIndex = shape.fields().indexOf(key());
    var keySchema = newest().getField(key()).schema();
    this.keySymbols = keySchema.getType() == Schema.Type.ENUM ? keySchema.getEnumSymbols() : List.of();
  }

  /**
   * The type of a generated record.
   *
   * @param versions the text of every version's schema, the first first
   * @throws SchemaException INVALID_CONTRACT where stream, key or owner is missing, the key is no text or number, or the
   *     shape's fields are not the newest schema's
   */
  public static <E extends Event> EventType<E> of(Shape<E> shape, List<String> versions) {
    return of(shape, versions, Optional.empty());
  }

  /**
   * The type of a generated record that has former major versions.
   *
   * @param former the type as the major version before had it, which knows those before it
   * @param upcaster makes its events such as this type's first version of the newest major version
   * @throws SchemaException INVALID_CONTRACT as above, and where another version begins the newest major version
   */
  public static <F extends Event, E extends Event> EventType<E> of(Shape<E> shape, List<String> versions,
      EventType<F> former, Upcaster<? super F, ? extends E> upcaster) {
    return of(shape, versions, Optional.of(new Former<>(former, upcaster)));
  }

  private static <E extends Event> EventType<E> of(Shape<E> shape, List<String> versions,
      Optional<Former<?>> former) {
    var parsed = versions.stream().map(text -> new Schema.Parser().parse(text)).toList();
    var contract = new Contract(parsed.getLast());
    contract.check();
    contract.check(shape);
    contract.check(Major.of(parsed).getLast(), former.map(before -> before.type().version()).orElse(0));
    var family = new ArrayList<EventType<E>>();
    for (int version = 1; version <= parsed.size(); version++) {
      family.add(new EventType<>(shape, parsed, former, family, version));
    }
    return family.getLast();
  }

  /**
   * This type, written under an older version of its schema: for a publisher whose readers are not all upgraded yet.
   * Fields that the older version lacks are left out. Readers are not affected. The same object at every call.
   *
   * @param version from the first of the newest major version to the newest: nothing makes an event older than that
   */
  public EventType<E> at(int version) {
    int first = Major.of(versions).getLast().first();
    if (version < first || version > versions.size()) {
      throw new IllegalArgumentException(
          name() + " is written under versions " + first + " to " + versions.size() + ", not " + version);
    }
    return family.get(version - 1);
  }

  /** The full name of the schema, such as {@code shop.sales.OrderPlaced}. */
  public String name() {
    return newest().getFullName();
  }

  /** The stream that carries events of this type, such as {@code sales.orders}. */
  public String stream() {
    return newest().getProp("stream");
  }

  /** The name of the field that orders events of this type. */
  public String key() {
    return newest().getProp("key");
  }

  /** The service that owns this type: only it publishes it. */
  public String owner() {
    return newest().getProp("owner");
  }

  /** The record's class. */
  public Class<E> javaClass() {
    return shape.type();
  }

  /** The version that this type is written under. */
  public int version() {
    return version;
  }

  /** The schema that events of this type are written under: the newest, or the one chosen with {@link #at}. */
  public Schema writerSchema() {
    return versions.get(version - 1);
  }

  /** The newest schema: the one that the record has, and that events are read as. */
  public Schema newest() {
    return versions.getLast();
  }

  /** Every version of the schema, the first first. */
  public List<Schema> versions() {
    return versions;
  }

  /** The key of an event as text. */
  @SuppressWarnings("EnumOrdinal") // a generated enum has the symbols of its schema, in their order
  public String keyOf(E event) {
    var key = shape.get().get(event, keyIndex);
    return key instanceof Enum<?> constant ? keySymbols.get(constant.ordinal()) : String.valueOf(key);
  }

  Shape<E> shape() {
    return shape;
  }

  Optional<Former<?>> former() {
    return former;
  }

  /**
   * The subject under which the schemas are registered: the record's full name (Confluent's RecordNameStrategy), and from
   * the second major version on its number, such as {@code shop.sales.Paid-2}, as no registry lets a major change follow.
   */
  public String subject() {
    return subject(name(), Major.of(versions).size());
  }

  static String subject(String name, int major) {
    return major == 1 ? name : name + "-" + major;
  }

  @Override
  public String toString() {
    return name() + " v" + version;
  }
}
