package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.INVALID_APP;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/**
 * The join of an event with many rows of many tables. Where the DSL would send every line of an order through two
 * repartition topics, this asks each partition of a table once, for all the rows the event wants of it; the event itself
 * waits in a store at its own partition, and goes on when the answers are back. Exactly once, like every step.
 *
 * <p>Order: results of one key keep the order of its events. A row is found if it was appended before the event; it may be
 * a newer one. A key must hash as Kafka's own clients hash it, as for every join in Kafka Streams.
 *
 * @param <E> the event
 */
public final class Enrichment<E extends Event> {
  private final EventStreams streams;
  private final EventType<E> type;
  private final KStream<String, E> events;
  private final List<Wanted<E>> wanted = new ArrayList<>();

  Enrichment(EventStreams streams, EventType<E> type, KStream<String, E> events) {
    this.streams = streams;
    this.type = type;
    this.events = events;
  }

  /** The rows of a table that an event wants, by their keys; asked for once each. */
  public Enrichment<E> withAll(EventType<?> table, Function<? super E, ? extends Collection<String>> keys) {
    if (wanted.stream().anyMatch(other -> other.table().name().equals(table.name()))) {
      throw new StreamAppException(INVALID_APP, type.name() + " is enriched with " + table.name()
          + " twice: answer all the keys from one function");
    }
    wanted.add(new Wanted<>(table, keys, streams.partitionsOf(table)));
    return this;
  }

  /** The one row of a table that an event wants, or none. */
  public Enrichment<E> with(EventType<?> table, Function<? super E, Optional<String>> key) {
    return withAll(table, event -> key.apply(event).map(Set::of).orElse(Set.of()));
  }

  /**
   * The result for each event and the rows that were found. Called once for each event, with no effects; where it throws,
   * the event goes to the dead letters.
   */
  public <R> KStream<String, R> by(BiFunction<? super E, Found, ? extends R> join) {
    if (wanted.isEmpty())
      throw new StreamAppException(INVALID_APP,
          type.name() + " is enriched with no table: say which, with with(…)");
    var name = streams.names().of(type);
    var waiting = name + "-waiting";
    streams.builder().addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(waiting),
        EventSerdes.key(), Waiting.SERDE).withCachingEnabled());

    var asked = events.process(() -> new Ask<>(waiting, wanted, streams.serde(type)), Named.as(name + "-ask"),
        waiting);
    var answers = asked.filter((key, message) -> message instanceof Message.Answer,
        Named.as(name + "-unasked"));
    for (int i = 0; i < wanted.size(); i++)
      answers = answers.merge(answer(name, i, asked), Named.as(name + "-gather-" + names(i)));
    ProcessorSupplier<String, Message, String, R> join1 = () -> new Join<>(waiting, tables(), streams.codec(),
        type, streams.serde(type), join);
    return answers
        .repartition(Repartitioned.<String, Message>as(name + "-answers").withKeySerde(EventSerdes.key())
            .withValueSerde(Message.SERDE).withNumberOfPartitions(streams.partitionsOf(type)))
        .process(join1, Named.as(name + "-join"), waiting);
  }

  private KStream<String, Message> answer(String name, int index, KStream<String, Message> asked) {
    var table = wanted.get(index).table();
    keep(table);
    var store = streams.tableStore(table);
    return asked
        .filter((key, message) -> message instanceof Message.Question question && question.table() == index,
            Named.as(name + "-of-" + names(index)))
        .repartition(Repartitioned.<String, Message>as(name + "-ask-" + names(index))
            .withKeySerde(EventSerdes.key())
            .withValueSerde(Message.SERDE).withNumberOfPartitions(wanted.get(index).partitions())
            .withStreamPartitioner((topic, key, message, count) -> Optional.of(Set.of(message.partition()))))
        .process(find(table, store), Named.as(name + "-find-" + names(index)), store);
  }

  private <T extends Event> void keep(EventType<T> table) {
    streams.table(table);
  }

  private <T extends Event> ProcessorSupplier<String, Message, String, Message> find(EventType<T> table,
      String store) {
    Serde<T> serde = streams.serde(table);
    return () -> new Find<>(store, serde.serializer());
  }

  private String names(int index) {
    return streams.names().of(wanted.get(index).table());
  }

  private List<EventType<?>> tables() {
    return wanted.stream().<EventType<?>>map(Wanted::table).toList();
  }

  /** A table, and the keys of the rows that an event wants of it. */
  record Wanted<E>(EventType<?> table, Function<? super E, ? extends Collection<String>> keys,
      int partitions) {}
}
