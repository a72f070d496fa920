package dev.millrace.streams;

import dev.millrace.streams.Message.Answer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The events of one key that wait for answers, in their order: nearly always one. An event that has all its answers still
 * waits for those before it.
 */
record Waiting(List<Entry> entries) {
  static final Serde<Waiting> SERDE = Serdes.serdeFrom(
      (topic, waiting) -> waiting == null ? null : waiting.write(),
      (topic, bytes) -> bytes == null ? null : read(bytes));

  Waiting { entries = List.copyOf(entries); }

  Waiting plus(Entry entry) {
    var all = new ArrayList<>(entries);
    all.add(entry);
    return new Waiting(all);
  }

  Waiting answered(Answer answer) {
    return new Waiting(
        entries.stream().map(entry -> entry.id() == answer.event() ? entry.plus(answer) : entry).toList());
  }

  /** The first entries that have all their answers. */
  List<Entry> ready() {
    return entries.stream().takeWhile(Entry::complete).toList();
  }

  Waiting without(List<Entry> done) {
    return new Waiting(entries.subList(done.size(), entries.size()));
  }

  /**
   * An event that waits.
   *
   * @param id its offset
   * @param timestamp its record's
   * @param headers its record's
   * @param event its payload
   * @param questions how many answers it waits for
   * @param answers those that it has
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, never changed, never compared
  record Entry(long id, long timestamp, Headers headers, byte[] event, int questions, List<Answer> answers) {
    Entry { answers = List.copyOf(answers); }

    boolean complete() {
      return answers.size() == questions;
    }

    Entry plus(Answer answer) {
      var all = new ArrayList<>(answers);
      all.add(answer);
      return new Entry(id, timestamp, headers, event, questions, all);
    }
  }

  private byte[] write() {
    var out = new WireOut();
    out.number(entries.size());
    for (var entry : entries) {
      out.number(entry.id);
      out.number(entry.timestamp);
      var headers = entry.headers.toArray();
      out.number(headers.length);
      for (Header header : headers) {
        out.text(header.key());
        out.bytes(header.value());
      }
      out.bytes(entry.event);
      out.number(entry.questions);
      out.number(entry.answers.size());
      entry.answers.forEach(answer -> out.bytes(Message.SERDE.serializer().serialize("", answer)));
    }
    return out.toByteArray();
  }

  private static Waiting read(byte[] bytes) {
    var in = new WireIn(bytes, "a waiting event");
    int count = in.readInt();
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < count; i++) {
      var id = in.readLong();
      var timestamp = in.readLong();
      var headers = new RecordHeaders();
      for (int left = in.readInt(); left > 0; left--)
        headers.add(new RecordHeader(in.text(), in.bytesOrNull()));
      var event = in.bytes();
      int questions = in.readInt();
      var answers = new ArrayList<Answer>();
      for (int left = in.readInt(); left > 0; left--)
        answers.add((Answer) Message.SERDE.deserializer().deserialize("", in.bytes()));
      entries.add(new Entry(id, timestamp, headers, event, questions, answers));
    }
    return new Waiting(entries);
  }
}
