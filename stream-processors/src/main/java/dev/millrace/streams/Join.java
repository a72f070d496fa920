package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Fault;
import dev.millrace.streams.Message.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Gathers the answers to a waiting event, and joins it with them when it has them all and its turn has come. */
final class Join<E extends Event, R> extends ContextualProcessor<String, Message, String, R> {
  private final String storeName;
  private final List<EventType<?>> tables;
  private final EventCodec.Decoder decoder;
  private final EventType<E> type;
  private final Serde<E> serde;
  private final BiFunction<? super E, Found, ? extends R> join;
  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
  private KeyValueStore<String, Waiting> waiting;

  Join(String storeName, List<EventType<?>> tables, EventCodec codec, EventType<E> type, Serde<E> serde,
      BiFunction<? super E, Found, ? extends R> join) {
    this.storeName = storeName;
    this.tables = List.copyOf(tables);
    this.decoder = codec.decoder(tables);
    this.type = type;
    this.serde = serde;
    this.join = join;
  }

  @Override
  public void init(ProcessorContext<String, R> context) {
    super.init(context);
    waiting = context.getStateStore(storeName);
  }

  @Override
  public void process(Record<String, Message> record) {
    var before = waiting.get(record.key());
    if (before == null)
      return; // its event went to the dead letters
    var now = before.answered((Answer) record.value());
    var ready = now.ready();
    var rest = now.without(ready);
    waiting.put(record.key(), rest.entries().isEmpty() ? null : rest);
    var poison = new ArrayList<PoisonedEvents.Poison>();
    for (var entry : ready)
      join(record.key(), entry, poison);
    if (!poison.isEmpty())
      throw new PoisonedEvents(poison);
  }

  private void join(String key, Waiting.Entry entry, List<PoisonedEvents.Poison> poison) {
    R result;
    try {
      result = join.apply(serde.deserializer().deserialize("", entry.event()), found(entry));
    } catch (RuntimeException failure) {
      if (Blame.of(failure) != Fault.CALLER)
        throw failure;
      poison.add(new PoisonedEvents.Poison(type.stream(), key, entry, failure));
      return;
    }
    context().forward(new Record<>(key, result, entry.timestamp(), entry.headers()));
  }

  private Found found(Waiting.Entry entry) {
    var rows = new HashMap<String, Map<String, Event>>();
    for (var answer : entry.answers()) {
      for (var row : answer.rows()) {
        if (row.value() != null) {
          decoder.decode(row.value()).ifPresent(found -> rows
              .computeIfAbsent(tables.get(answer.table()).name(), table -> new HashMap<>())
              .put(row.key(), found));
        }
      }
    }
    return new Found(rows);
  }
}
