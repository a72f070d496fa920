package dev.millrace.log;

/**
 * The log's word that it has a record.
 *
 * @param eventId the id in the record's envelope
 */
public record Receipt(Partition partition, Position position, String eventId) {}
