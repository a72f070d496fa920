package dev.millrace.schema;

/**
 * Something that happened, said once and never changed. Implemented by the records that
 * the generator makes from the schemas; immutable and safe to share between threads.
 */
public interface Event {
  /** The type this event belongs to, with its stream, its key and its schemas. */
  EventType<? extends Event> eventType();
}
