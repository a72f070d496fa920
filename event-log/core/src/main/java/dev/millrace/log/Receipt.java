package dev.millrace.log;

import java.time.Instant;

/**
 * The log's word that it has a record.
 *
 * @param eventId the id in the record's envelope
 * @param since before it was appended, to the millisecond
 */
public record Receipt(Partition partition, Position position, String eventId, Instant since) {
  /**
   * What makes a reader answer with no less than this record.
   *
   * @throws IllegalArgumentException where its event's id is longer than {@link WriteToken#MOST_ID_CHARS}
   */
  public WriteToken.Place token() {
    return new WriteToken.Place(partition, position, eventId, since);
  }
}
