package dev.millrace.log;

import dev.millrace.schema.Envelope;

/**
 * What is to be appended.
 *
 * @param stream where
 * @param key what orders it: entries with one key keep their order
 * @param envelope what is said around it
 * @param payload the event as {@link dev.millrace.schema.EventCodec} encodes it; not copied, so not to be changed
 *     afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // owned by the entry, and never compared
public record LogEntry(StreamName stream, String key, Envelope envelope, byte[] payload) {}
