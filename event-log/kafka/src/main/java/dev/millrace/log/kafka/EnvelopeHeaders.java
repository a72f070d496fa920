package dev.millrace.log.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.schema.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The envelope as headers: the <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">CloudEvents
 * binary mode for Kafka</a>, UTF-8, and the trace context under its W3C names. Public for those who read and write Kafka's
 * records themselves, as stream apps do.
 */
public final class EnvelopeHeaders {
  private static final Header SPEC_VERSION = new RecordHeader("ce_specversion",
      Envelope.SPEC_VERSION.getBytes(UTF_8));

  private EnvelopeHeaders() {}

  /** The record that says the entry, at the partition of its key. An entry with no payload becomes a tombstone. */
  static ProducerRecord<byte[], byte @Nullable []> record(LogEntry entry) {
    return record(entry, entry.key().getBytes(UTF_8), null);
  }

  static ProducerRecord<byte[], byte @Nullable []> record(LogEntry entry, byte[] key,
      @Nullable Integer partition) {
    var payload = entry.payload().length == 0 ? null : entry.payload();
    var record = new ProducerRecord<byte[], byte @Nullable []>(entry.stream().value(), partition, key,
        payload);
    write(entry.envelope(), entry.key(), key, record.headers());
    return record;
  }

  /** The headers of a record that says the envelope. */
  public static Headers of(Envelope envelope) {
    var headers = new RecordHeaders();
    write(envelope, envelope.subject(), envelope.subject().getBytes(UTF_8), headers);
    return headers;
  }

  private static void write(Envelope envelope, String key, byte[] keyBytes, Headers headers) {
    headers.add(SPEC_VERSION);
    headers.add(new RecordHeader("ce_id", envelope.id().getBytes(UTF_8)));
    headers.add(new RecordHeader("ce_source", envelope.source().getBytes(UTF_8)));
    headers.add(new RecordHeader("ce_type", envelope.type().getBytes(UTF_8)));
    headers.add(new RecordHeader("ce_time", TimeText.of(envelope.time())));
    var subject = envelope.subject();
    headers.add(new RecordHeader("ce_subject", subject.equals(key) ? keyBytes : subject.getBytes(UTF_8)));
    add(headers, "ce_correlationid", envelope.correlationId());
    add(headers, "ce_causationid", envelope.causationId());
    add(headers, "traceparent", envelope.traceparent());
    add(headers, "tracestate", envelope.tracestate());
  }

  private static void add(Headers headers, String name, Optional<String> value) {
    if (value.isPresent())
      headers.add(new RecordHeader(name, value.get().getBytes(UTF_8)));
  }

  /**
   * The envelope that a record's headers say.
   *
   * @param key the subject of an event that names none, which CloudEvents allows
   * @param record names the record in a failure, such as {@code sales.orders/0@17}
   * @throws LogException MALFORMED where they say none, or a broken one
   */
  public static Envelope read(Headers headers, String key, Object record) {
    try {
      var version = required(headers, "ce_specversion");
      if (!version.equals(Envelope.SPEC_VERSION))
        throw new IllegalArgumentException(
            "ce_specversion is '" + version + "', not " + Envelope.SPEC_VERSION);
      return new Envelope(required(headers, "ce_id"), required(headers, "ce_source"),
          required(headers, "ce_type"),
          Instant.parse(required(headers, "ce_time")), optional(headers, "ce_subject").orElse(key),
          optional(headers, "ce_correlationid"), optional(headers, "ce_causationid"),
          optional(headers, "traceparent"), optional(headers, "tracestate"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new LogException(LogException.Code.MALFORMED, "the record " + record + " has no right envelope: "
          + e.getMessage() + ". Its producer is to send CloudEvents in binary mode (ce_ headers)", e);
    }
  }

  private static String required(Headers headers, String name) {
    return optional(headers, name)
        .orElseThrow(() -> new IllegalArgumentException("the header " + name + " is missing"));
  }

  private static Optional<String> optional(Headers headers, String name) {
    var header = headers.lastHeader(name);
    if (header == null || header.value() == null)
      return Optional.empty();
    return Optional.of(text(name, header.value()));
  }

  private static String text(String name, byte[] value) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the header " + name + " is no UTF-8", e);
    }
  }
}
