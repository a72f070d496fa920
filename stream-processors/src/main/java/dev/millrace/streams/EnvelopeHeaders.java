package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.NO_ENVELOPE;

import dev.millrace.schema.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The envelope as a record's headers: CloudEvents' binary mode, and the W3C trace context under its own names. */
final class EnvelopeHeaders {
  private static final String PREFIX = "ce_";

  private EnvelopeHeaders() {}

  static Headers of(Envelope envelope) {
    var headers = new RecordHeaders();
    envelope.attributes()
        .forEach((name, value) -> headers.add(name.startsWith("trace") ? name : PREFIX + name,
            value.getBytes(StandardCharsets.UTF_8)));
    return headers;
  }

  static Envelope read(Headers headers, Supplier<String> where) {
    return new Envelope(required(headers, "ce_id", where), required(headers, "ce_source", where),
        required(headers, "ce_type", where), time(required(headers, "ce_time", where), where),
        text(headers, "ce_subject").orElse(""), text(headers, "ce_correlationid"),
        text(headers, "ce_causationid"),
        text(headers, "traceparent"), text(headers, "tracestate"));
  }

  private static Instant time(String text, Supplier<String> where) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException broken) {
      throw new StreamAppException(NO_ENVELOPE, where.get() + ", whose ce_time is '" + text + "', no instant",
          broken);
    }
  }

  private static String required(Headers headers, String name, Supplier<String> where) {
    return text(headers, name).filter(text -> !text.isBlank())
        .orElseThrow(() -> new StreamAppException(NO_ENVELOPE,
            where.get() + ", which has no header " + name + ": publish it through a Publisher or an Outbox"));
  }

  private static Optional<String> text(Headers headers, String name) {
    var header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }
}
