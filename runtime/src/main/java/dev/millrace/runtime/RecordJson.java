package dev.millrace.runtime;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaException;
import dev.millrace.view.DeadLetters;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record of the log as JSON has it. What cannot be decoded is shown as it is: nothing breaks the stream. */
@Singleton
final class RecordJson {
  private final EventCodec codec;

  RecordJson(EventCodec codec) {
    this.codec = codec;
  }

  Map<String, @Nullable Object> of(LogRecord entry) {
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("stream", entry.partition().stream().value());
    line.put("partition", entry.partition().id());
    line.put("position", entry.position().value());
    line.put("key", entry.key());
    line.put("appendedAt", entry.appendedAt().toString());
    try {
      line.put("envelope", entry.envelope().attributes());
    } catch (LogException e) {
      line.put("envelopeError", error(e.code().name(), e));
    }
    event(line, entry.payload());
    return line;
  }

  /** A parked record: what is said of it, then what is in it. */
  Map<String, @Nullable Object> of(DeadLetters.Content content) {
    var line = of(content.letter());
    line.put("stack", content.stack());
    line.put("envelope", content.envelope());
    var payload = new byte[content.payload().remaining()];
    content.payload().duplicate().get(payload);
    event(line, payload);
    return line;
  }

  /** What is said of a parked record. */
  static Map<String, @Nullable Object> of(DeadLetters.Letter letter) {
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("stream", letter.stream());
    line.put("key", letter.key());
    line.put("partition", letter.partition());
    line.put("position", letter.position());
    line.put("reason", letter.reason());
    line.put("fingerprint", letter.fingerprint());
    letter.schemaId().ifPresent(id -> line.put("schemaId", id));
    line.put("appendedAt", letter.appendedAt().toString());
    line.put("parkedAt", letter.parkedAt().toString());
    line.put("message", letter.message());
    return line;
  }

  private void event(Map<String, @Nullable Object> line, byte[] payload) {
    if (payload.length == 0) {
      line.put("event", null);
      return;
    }
    try {
      var decoded = codec.decodeAny(payload);
      line.put("schemaId", decoded.schemaId());
      line.put("type", decoded.type());
      line.put("event", Plain.of(decoded.fields()));
    } catch (SchemaException e) {
      line.put("error", error(e.code().name(), e));
      line.put("payload", Plain.base64(payload));
    }
  }

  private static Map<String, String> error(String code, RuntimeException failure) {
    return Map.of("code", code, "message", String.valueOf(failure.getMessage()));
  }
}
