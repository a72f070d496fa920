package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.streams.Message.Answer;
import dev.millrace.streams.Message.Question;
import dev.millrace.streams.Message.Row;
import java.util.ArrayList;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;

/** Answers questions from the one partition of a table that lies beside it. */
final class Find<T extends Event> extends ContextualProcessor<String, Message, String, Message> {
  private final String storeName;
  private final Serializer<T> serializer;
  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
  private TimestampedKeyValueStore<String, T> table;

  Find(String storeName, Serializer<T> serializer) {
    this.storeName = storeName;
    this.serializer = serializer;
  }

  @Override
  public void init(ProcessorContext<String, Message> context) {
    super.init(context);
    table = context.getStateStore(storeName);
  }

  @Override
  public void process(Record<String, Message> record) {
    var question = (Question) record.value();
    var rows = new ArrayList<Row>(question.rows().size());
    for (var key : question.rows()) {
      var row = table.get(key);
      rows.add(new Row(key, row == null ? null : serializer.serialize("", row.value())));
    }
    context().forward(record
        .withValue(new Answer(question.event(), question.table(), question.partition(), rows)));
  }
}
