package dev.millrace.streams;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/** What the steps of an enrichment say to each other, under the key of the event that waits. */
sealed interface Message {
  Serde<Message> SERDE = Serdes.serdeFrom(
      (topic, message) -> message == null ? null : write(message),
      (topic, bytes) -> bytes == null ? null : read(bytes));

  /** Which waiting event of the key this is about: its offset. */
  long event();

  /** The partition of the table that is asked, or answers. */
  int partition();

  /** Wants these rows of one partition of a table. */
  record Question(long event, int table, int partition, List<String> rows) implements Message {}

  /** Answers a question: a row's bytes, or nothing where there is no such row. */
  record Answer(long event, int table, int partition, List<Row> rows) implements Message {}

  /** A row of a table. */
  @SuppressWarnings("ArrayRecordComponent") // made once, never changed, never compared
  record Row(String key, byte @Nullable [] value) {}

  private static byte[] write(Message message) {
    var out = new WireOut();
    switch (message) {
      case Question question -> {
        out.header('Q', question.event(), question.table(), question.partition(), question.rows().size());
        question.rows().forEach(out::text);
      }
      case Answer answer -> {
        out.header('A', answer.event(), answer.table(), answer.partition(), answer.rows().size());
        for (var row : answer.rows()) {
          out.text(row.key());
          out.bytes(row.value());
        }
      }
    }
    return out.toByteArray();
  }

  private static Message read(byte[] bytes) {
    var in = new WireIn(bytes, "a message of an enrichment");
    int kind = in.readByte();
    var event = in.readLong();
    int table = in.readInt();
    int partition = in.readInt();
    int count = in.readInt();
    return switch (kind) {
      case 'Q' -> new Question(event, table, partition, in.texts(count));
      case 'A' -> {
        var rows = new ArrayList<Row>(count);
        for (int i = 0; i < count; i++)
          rows.add(new Row(in.text(), in.bytesOrNull()));
        yield new Answer(event, table, partition, rows);
      }
      default -> throw in.foreign();
    };
  }
}
