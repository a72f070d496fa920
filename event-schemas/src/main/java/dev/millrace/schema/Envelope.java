package dev.millrace.schema;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is said around an event: the attributes of a <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0</a> event and its <a
 * href="https://www.w3.org/TR/trace-context/">W3C trace context</a>. The same on every log.
 *
 * @param id unique within {@code source}; stays the same when a publish is repeated
 * @param source who says it, such as {@code /sales}
 * @param type the full name of the event's schema, such as {@code shop.sales.OrderPlaced}
 * @param time when it happened, to the nanosecond
 * @param subject the event's key: what orders it
 * @param correlationId what the whole conversation is about
 * @param causationId the id of the event that caused this one
 * @param traceparent the W3C header of that name
 * @param tracestate the W3C header of that name
 */
public record Envelope(String id, String source, String type, Instant time, String subject,
    Optional<String> correlationId,
    Optional<String> causationId, Optional<String> traceparent, Optional<String> tracestate) {

  /** The version of CloudEvents that this is. */
  public static final String SPEC_VERSION = "1.0";

  public Envelope {
    requireText(id, "id");
    requireText(source, "source");
    requireText(type, "type");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(subject, "subject");
  }

  /** An envelope with no correlation, cause or trace. */
  public static Envelope of(String id, String source, String type, Instant time, String subject) {
    return new Envelope(id, source, type, time, subject, Optional.empty(), Optional.empty(), Optional.empty(),
        Optional.empty());
  }

  /** This envelope, saying what it was caused by: the conversation and the trace are carried on. */
  public Envelope causedBy(Envelope cause) {
    return new Envelope(id, source, type, time, subject, cause.correlationId.or(() -> Optional.of(cause.id)),
        Optional.of(cause.id), cause.traceparent, cause.tracestate);
  }

  /** This envelope with an id of the caller's own, which must be unique within the source. */
  public Envelope withId(String id) {
    return new Envelope(id, source, type, time, subject, correlationId, causationId, traceparent, tracestate);
  }

  /** This envelope, said by somebody else. */
  public Envelope withSource(String source) {
    return new Envelope(id, source, type, time, subject, correlationId, causationId, traceparent, tracestate);
  }

  /** This envelope, about something that happened at this time. */
  public Envelope withTime(Instant time) {
    return new Envelope(id, source, type, time, subject, correlationId, causationId, traceparent, tracestate);
  }

  /** As names and texts in a fixed order: the CloudEvents attributes without prefix, then the trace context. */
  public Map<String, String> attributes() {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("specversion", SPEC_VERSION);
    attributes.put("id", id);
    attributes.put("source", source);
    attributes.put("type", type);
    attributes.put("time", time.toString());
    attributes.put("subject", subject);
    correlationId.ifPresent(value -> attributes.put("correlationid", value));
    causationId.ifPresent(value -> attributes.put("causationid", value));
    traceparent.ifPresent(value -> attributes.put("traceparent", value));
    tracestate.ifPresent(value -> attributes.put("tracestate", value));
    return attributes;
  }

  private static void requireText(String value, String name) {
    if (value.isBlank())
      throw new IllegalArgumentException("the envelope's " + name + " is blank");
  }
}
