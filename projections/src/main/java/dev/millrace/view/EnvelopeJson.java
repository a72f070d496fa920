package dev.millrace.view;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.Envelope;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A parked record's envelope as the database has it: its attributes by name; none where the record had none, or a broken one. */
final class EnvelopeJson {
  private EnvelopeJson() {}

  static String write(LogRecord record) {
    try {
      var headers = new LinkedHashMap<String, String>();
      record.envelope().attributes().forEach((name, value) -> headers.put(name, Text.storable(value)));
      return Json.write(headers);
    } catch (LogException e) {
      return Json.write(Map.of());
    }
  }

  static Map<String, String> read(String json) {
    var headers = new LinkedHashMap<String, String>();
    ((Map<?, ?>) Json.readPlain(json))
        .forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    return headers;
  }

  /** @throws LogException MALFORMED where there was none */
  static Envelope envelope(Map<String, String> headers) {
    try {
      return new Envelope(headers.getOrDefault("id", ""), headers.getOrDefault("source", ""),
          headers.getOrDefault("type", ""), Instant.parse(headers.getOrDefault("time", "")),
          headers.getOrDefault("subject", ""), maybe(headers, "correlationid"), maybe(headers, "causationid"),
          maybe(headers, "traceparent"), maybe(headers, "tracestate"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new LogException(LogException.Code.MALFORMED, "the record had no envelope, or a broken one", e);
    }
  }

  private static Optional<String> maybe(Map<String, String> headers, String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
