package dev.millrace.runtime;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaException;
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
    if (entry.payload().length == 0) {
      line.put("event", null);
      return line;
    }
    try {
      var decoded = codec.decodeAny(entry.payload());
      line.put("schemaId", decoded.schemaId());
      line.put("type", decoded.type());
      line.put("event", Plain.of(decoded.fields()));
    } catch (SchemaException e) {
      line.put("error", error(e.code().name(), e));
      line.put("payload", Plain.base64(entry.payload()));
    }
    return line;
  }

  private static Map<String, String> error(String code, RuntimeException failure) {
    return Map.of("code", code, "message", String.valueOf(failure.getMessage()));
  }
}
