package dev.millrace.publish;

import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import dev.millrace.schema.Envelope;
import java.time.Instant;

/**
 * An event that stands in an outbox: it is said once its transaction commits, and in the log once it was relayed.
 *
 * @param stream where it will be read
 * @param envelope in which it will be read
 * @param at when it was appended to the outbox
 */
public record Appended(StreamName stream, Envelope envelope, Instant at) {
  /**
   * What makes a reader answer with no less than this event. It knows the event by its id, and whoever is given it looks for
   * that in the log: neither the outbox nor its relay has to keep anything for it, and no process but this one needs the
   * outbox's database. Where the transaction is rolled back nobody will ever find it.
   *
   * @throws IllegalArgumentException where the envelope was given an id of more than 400 characters
   */
  public WriteToken token() {
    return new WriteToken.Coming(stream, envelope.id(), at);
  }
}
