package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.streams.Message.Answer;
import dev.millrace.streams.Message.Question;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Lets an event wait, and asks each partition of each table once for the rows that the event wants of it. */
final class Ask<E extends Event> extends ContextualProcessor<String, E, String, Message> {
  private final String storeName;
  private final List<Enrichment.Wanted<E>> wanted;
  private final Serde<E> serde;
  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
  private KeyValueStore<String, Waiting> waiting;

  Ask(String storeName, List<Enrichment.Wanted<E>> wanted, Serde<E> serde) {
    this.storeName = storeName;
    this.wanted = List.copyOf(wanted);
    this.serde = serde;
  }

  @Override
  public void init(ProcessorContext<String, Message> context) {
    super.init(context);
    waiting = context.getStateStore(storeName);
  }

  @Override
  public void process(Record<String, E> record) {
    var id = context().recordMetadata().orElseThrow().offset();
    var messages = questions(record.value(), id);
    if (messages.isEmpty())
      messages.add(new Answer(id, 0, 0, List.of()));
    var entry = new Waiting.Entry(id, record.timestamp(), record.headers(),
        serde.serializer().serialize("", record.value()), messages.size(), List.of());
    var before = waiting.get(record.key());
    waiting.put(record.key(), before == null ? new Waiting(List.of(entry)) : before.plus(entry));
    for (var message : messages)
      context().forward(new Record<>(record.key(), message, record.timestamp(), new RecordHeaders()));
  }

  private List<Message> questions(E event, long id) {
    var questions = new ArrayList<Message>();
    for (int table = 0; table < wanted.size(); table++) {
      int partitions = wanted.get(table).partitions();
      var byPartition = new TreeMap<Integer, List<String>>();
      for (var key : new LinkedHashSet<>(wanted.get(table).keys().apply(event))) {
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions);
        byPartition.computeIfAbsent(partition, none -> new ArrayList<>()).add(key);
      }
      for (var asked : byPartition.entrySet())
        questions.add(new Question(id, table, asked.getKey(), asked.getValue()));
    }
    return questions;
  }
}
