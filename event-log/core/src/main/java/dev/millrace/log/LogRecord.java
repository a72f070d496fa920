package dev.millrace.log;

import dev.millrace.schema.Envelope;
import java.time.Instant;
import java.util.function.Supplier;

/** A record as it was read. Immutable; the payload is not copied and must not be changed. */
public final class LogRecord {
  private final Partition partition;
  private final Position position;
  private final String key;
  private final Instant appendedAt;
  private final Supplier<Envelope> envelope;
  private final byte[] payload;

  /** @param envelope reads the envelope when it is asked for, as most readers never do; may throw {@link LogException} */
  public LogRecord(Partition partition, Position position, String key, Instant appendedAt,
      Supplier<Envelope> envelope,
      byte[] payload) {
    this.partition = partition;
    this.position = position;
    this.key = key;
    this.appendedAt = appendedAt;
    this.envelope = envelope;
    this.payload = payload;
  }

  public Partition partition() {
    return partition;
  }

  public Position position() {
    return position;
  }

  /** What orders the record; the empty text where it has no key. */
  public String key() {
    return key;
  }

  /** When the log took the record, to the millisecond. */
  public Instant appendedAt() {
    return appendedAt;
  }

  /**
   * What was said around the event, read anew at each call.
   *
   * @throws LogException MALFORMED where a foreign producer wrote a record with no envelope, or a broken one
   */
  public Envelope envelope() {
    return envelope.get();
  }

  /** The bytes after the envelope: {@code 0x00}, schema id, Avro. Empty for a tombstone. */
  public byte[] payload() {
    return payload;
  }

  @Override
  public String toString() {
    return partition + "@" + position;
  }
}
