package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.INVALID_APP;

import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * A Kafka Streams app: what it reads, what it derives, and how. Immutable; runs in a {@link StreamHost}.
 *
 * <pre>{@code
 * StreamApp.named("order-details")
 *     .reads(OrderPlaced.TYPE).table(ProductListed.TYPE).table(CustomerRegistered.TYPE)
 *     .writes(OrderEnriched.TYPE)
 *     .topology(streams -> streams.to(OrderEnriched.TYPE, streams.enrich(streams.stream(OrderPlaced.TYPE)) …));
 * }</pre>
 *
 * The name is the app's identity: its committed offsets, its internal topics, its state and its dead letters carry it.
 */
public final class StreamApp {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  private final String name;
  private final Map<String, EventType<?>> reads;
  private final Map<String, EventType<?>> tables;
  private final Map<String, EventType<?>> writes;
  private final Consumer<EventStreams> definition;

  private StreamApp(Builder builder, Consumer<EventStreams> definition) {
    this.name = builder.name;
    this.reads = Map.copyOf(builder.reads);
    this.tables = Map.copyOf(builder.tables);
    this.writes = Map.copyOf(builder.writes);
    this.definition = definition;
  }

  /**
   * Begins the definition of an app.
   *
   * @param name lower case letters, digits and hyphens, such as {@code order-details}
   */
  public static Builder named(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new StreamAppException(INVALID_APP,
          "'" + name
              + "' is no name for an app: use lower case letters, digits and '-', such as order-details");
    }
    return new Builder(name);
  }

  public String name() {
    return name;
  }

  /** The streams that the app reads, for their events or as tables. */
  public SortedSet<StreamName> sources() {
    var sources = streamsOf(reads.values());
    sources.addAll(streamsOf(tables.values()));
    return sources;
  }

  /** The streams that the app writes. */
  public SortedSet<StreamName> sinks() {
    return streamsOf(writes.values());
  }

  /** Where records go that cannot be read or processed: as they were, with headers that say where from and why. */
  public StreamName deadLetters() {
    return StreamName.of(name + ".dead-letters");
  }

  /**
   * The topology of this app.
   *
   * @param partitions how many partitions a source stream has
   * @throws StreamAppException UNDECLARED, UNNAMED or INVALID_APP, naming the app and the fault
   */
  public Topology topology(EventCodec codec, ToIntFunction<StreamName> partitions) {
    var streams = new EventStreams(this, codec, partitions);
    definition.accept(streams);
    return streams.build();
  }

  /** The settings of Kafka Streams that send to the dead letters what belongs there; the host sets them itself. */
  public Map<String, Object> failureHandling() {
    return Map.of(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, deadLetters().value(),
        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, UnreadableRecords.class,
        StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, UnprocessableRecords.class,
        StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, UnwritableRecords.class);
  }

  /** The types that the app writes. */
  public Collection<EventType<?>> writes() {
    return writes.values();
  }

  Map<String, EventType<?>> reads() {
    return reads;
  }

  Map<String, EventType<?>> tables() {
    return tables;
  }

  Map<String, EventType<?>> writesByName() {
    return writes;
  }

  /** The types, read or kept as tables, that one stream carries, in the order of their names. */
  List<EventType<?>> typesOn(String stream) {
    return readTypes().stream().filter(type -> type.stream().equals(stream)).toList();
  }

  /** The types, read or kept as tables, in the order of their names. */
  List<EventType<?>> readTypes() {
    var types = new TreeMap<String, EventType<?>>(reads);
    types.putAll(tables);
    return List.copyOf(types.values());
  }

  private static SortedSet<StreamName> streamsOf(Collection<EventType<?>> types) {
    var names = new TreeSet<StreamName>();
    types.forEach(type -> names.add(StreamName.of(type.stream())));
    return names;
  }

  /** Says what the app touches. Used by one thread. */
  public static final class Builder {
    private final String name;
    private final Map<String, EventType<?>> reads = new LinkedHashMap<>();
    private final Map<String, EventType<?>> tables = new LinkedHashMap<>();
    private final Map<String, EventType<?>> writes = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    /** The app reads events of this type, one by one. */
    public Builder reads(EventType<?> type) {
      reads.put(type.name(), type);
      return this;
    }

    /** The app keeps the latest event of this type for every key. */
    public Builder table(EventType<?> type) {
      tables.put(type.name(), type);
      return this;
    }

    /** The app derives events of this type, written under the version that the type is at. */
    public Builder writes(EventType<?> type) {
      writes.put(type.name(), type);
      return this;
    }

    /**
     * What the app does. Called every time the topology is built: so it says only what flows where, and has no effects.
     *
     * @throws StreamAppException INVALID_APP where the app reads what it writes, or reads nothing
     */
    public StreamApp topology(Consumer<EventStreams> definition) {
      if (reads.isEmpty() && tables.isEmpty()) {
        throw new StreamAppException(INVALID_APP,
            name + " reads nothing: say what with reads(…) or table(…)");
      }
      for (var type : writes.keySet()) {
        if (reads.containsKey(type) || tables.containsKey(type)) {
          throw new StreamAppException(INVALID_APP,
              name + " both reads and writes " + type + ": it would feed itself for ever");
        }
      }
      return new StreamApp(this, definition);
    }
  }
}
