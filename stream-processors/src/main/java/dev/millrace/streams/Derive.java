package dev.millrace.streams;

import dev.millrace.log.kafka.EnvelopeHeaders;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Puts a derived event into an envelope of its own. Its record is stamped with the time of this append, as every record
 * of a stream is; the time at which it happened stays that of its cause, in the envelope.
 */
final class Derive<E extends Event> extends ContextualProcessor<String, E, String, E> {
  private final String app;
  private final EventType<E> type;

  Derive(String app, EventType<E> type) {
    this.app = app;
    this.type = type;
  }

  @Override
  public void process(Record<String, E> record) {
    var cause = EnvelopeHeaders.read(record.headers(), record.key(), from());
    var envelope = Envelope
        .of(idOf(cause.id(), record.key()), "/" + app, type.name(), cause.time(), record.key())
        .causedBy(cause);
    context().forward(record.withHeaders(EnvelopeHeaders.of(envelope))
        .withTimestamp(context().currentSystemTimeMs()));
  }

  private Object from() {
    return context().recordMetadata().map(at -> at.topic() + "/" + at.partition() + "@" + at.offset())
        .orElse("that " + app + " made of no other");
  }

  private String idOf(String cause, String key) {
    var name = cause + '\n' + type.name() + '\n' + key;
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
