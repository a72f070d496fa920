package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.UNDECLARED;
import static dev.millrace.streams.StreamAppException.Code.UNNAMED;

import dev.millrace.log.StreamName;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.errors.TopologyException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What an app builds its topology from: typed streams in and out over Kafka Streams' own DSL. Used by one thread, within
 * {@link StreamApp.Builder#topology}.
 *
 * <p>Every step that Kafka Streams keeps something for (a repartition, a store, a changelog) must be named; the steps
 * that this class adds name themselves after the event type.
 */
public final class EventStreams {
  private final StreamApp app;
  private final EventSerdes serdes;
  private final EventCodec codec;
  private final ToIntFunction<StreamName> partitions;
  private final StepNames names;
  private final StreamsBuilder builder;
  private final Map<String, KStream<String, Event>> sources = new HashMap<>();
  private final Map<String, KStream<String, ? extends Event>> streams = new HashMap<>();
  private final Map<String, KTable<String, ? extends Event>> tables = new HashMap<>();
  private final Set<String> written = new HashSet<>();

  EventStreams(StreamApp app, EventCodec codec, ToIntFunction<StreamName> partitions) {
    this.app = app;
    this.codec = codec.forReader("app:" + app.name(), app.readTypes());
    this.serdes = EventSerdes.of(this.codec);
    this.partitions = partitions;
    this.names = StepNames.of(app);
    this.builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(Map.of(
        StreamsConfig.APPLICATION_ID_CONFIG, app.name(),
        StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:0",
        StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true))));
  }

  /**
   * The events of a type, under their keys, in their order. Types that share a stream share its one source: the stream is
   * read once.
   *
   * @throws StreamAppException UNDECLARED where the app has not said that it reads the type
   */
  public <E extends Event> KStream<String, E> stream(EventType<E> type) {
    if (!app.reads().containsKey(type.name()))
      throw undeclared(type, "reads");
    return events(type);
  }

  /**
   * The latest event of a type for every key. Read directly, with no step between, and ahead of streams in the same
   * millisecond: an event that was appended before an order is in the table when the order is joined. The state is kept in
   * a store of its own with a compacted changelog, so that a restart does not read the whole stream again.
   *
   * @throws StreamAppException UNDECLARED where the app has not said that it keeps the type as a table
   */
  @SuppressWarnings("unchecked") // the type's name stands for its class
  public <E extends Event> KTable<String, E> table(EventType<E> type) {
    if (!app.tables().containsKey(type.name()))
      throw undeclared(type, "table");
    var table = tables.get(type.name());
    if (table == null) {
      table = events(type).toTable(Named.as(names.of(type) + "-to-table"),
          Materialized.<String, E, KeyValueStore<Bytes, byte[]>>as(tableStore(type))
              .withKeySerde(EventSerdes.key()).withValueSerde(serdes.of(type)));
      tables.put(type.name(), table);
    }
    return (KTable<String, E>) table;
  }

  /**
   * Joins events with tables that other things than their own key lead to, any number of rows each: the lines of an order
   * with their products, the order with its customer.
   *
   * @param type the type of the events; one of those the app reads
   * @param events the stream of that type, filtered or mapped at will, but under its own keys
   */
  public <E extends Event> Enrichment<E> enrich(EventType<E> type, KStream<String, E> events) {
    if (!app.reads().containsKey(type.name()))
      throw undeclared(type, "reads");
    return new Enrichment<>(this, type, events);
  }

  /** The serde of a type, for intermediate values that are events. */
  public <E extends Event> Serde<E> serde(EventType<E> type) {
    return serdes.of(type);
  }

  /** The serde of keys. */
  public Serde<String> keySerde() {
    return EventSerdes.key();
  }

  /**
   * Writes the stream's events to the stream of their type, each under its own key and in an envelope of its own: derived
   * from that of the record which caused it (correlation and trace carried on, causation its id), with an id that is the
   * same whenever the same event is derived from the same cause. So one cause derives at most one event of a type for a
   * key.
   *
   * @throws StreamAppException UNDECLARED where the app has not said that it writes the type
   */
  public <E extends Event> void to(EventType<E> type, KStream<String, E> events) {
    var declared = app.writesByName().get(type.name());
    if (declared == null)
      throw undeclared(type, "writes");
    if (!written.add(type.name())) {
      throw new StreamAppException(StreamAppException.Code.INVALID_APP,
          app.name() + " writes " + type.name() + " twice: merge the two streams first");
    }
    var step = names.of(type);
    events.selectKey((key, event) -> type.keyOf(event), Named.as(step + "-key"))
        .process(() -> new Derive<>(app.name(), type), Named.as(step + "-envelope"))
        .to(type.stream(), Produced.<String, E>as(step + "-write").withKeySerde(EventSerdes.key())
            .withValueSerde(asDeclared(type, declared)));
  }

  Topology build() {
    try {
      return builder.build();
    } catch (TopologyException unnamed) {
      throw new StreamAppException(UNNAMED, app.name()
          + " keeps something under a name that Kafka Streams made up, and would lose it with the next change of the"
          + " topology. " + String.valueOf(unnamed.getMessage()).strip()
          + " Name the step: Grouped.as(…), Joined.as(…), Materialized.as(…), Repartitioned.as(…)", unnamed);
    }
  }

  StreamsBuilder builder() {
    return builder;
  }

  EventCodec codec() {
    return codec;
  }

  StepNames names() {
    return names;
  }

  int partitionsOf(EventType<?> type) {
    return partitions.applyAsInt(StreamName.of(type.stream()));
  }

  String tableStore(EventType<?> type) {
    return names.of(type) + "-table";
  }

  private static <E extends Event> EventType<E> same(EventType<E> type, EventType<?> declared) {
    return type.at(declared.version());
  }

  private <E extends Event> Serde<E> asDeclared(EventType<E> type, EventType<?> declared) {
    return serdes.of(same(type, declared));
  }

  @SuppressWarnings("unchecked") // the type's name stands for its class
  private <E extends Event> KStream<String, E> events(EventType<E> type) {
    return (KStream<String, E>) streams.computeIfAbsent(type.name(), name -> {
      var step = names.of(type);
      return source(type.stream())
          .filter((key, event) -> type.javaClass().isInstance(event), Named.as(step + "-only"))
          .mapValues(type.javaClass()::cast, Named.as(step + "-as"));
    });
  }

  private KStream<String, Event> source(String stream) {
    return sources.computeIfAbsent(stream, topic -> {
      var consumed = Consumed.with(EventSerdes.key(), serdes.of(app.typesOn(topic)))
          .withName("read-" + topic);
      var onlyTables = app.reads().values().stream().noneMatch(type -> type.stream().equals(topic));
      return builder.stream(topic,
          onlyTables ? consumed.withTimestampExtractor(new TablesFirst()) : consumed);
    });
  }

  private StreamAppException undeclared(EventType<?> type, String verb) {
    return new StreamAppException(UNDECLARED, app.name() + " touches " + type.name()
        + " and has not said so: add ." + verb + "(" + type.javaClass().getSimpleName() + ".TYPE)");
  }
}
