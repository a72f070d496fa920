package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.schema.Event;
import java.util.List;

/** A record, decoded and asked which rows it changes. */
sealed interface Decoded<R extends Record> {
  LogRecord record();

  /** An event, and what it does. */
  record Changes<R extends Record>(LogRecord record, Event event, List<Keyed<R>> changes)
      implements
        Decoded<R> {}

  /** An event of a type that does not change this view. */
  record Ignored<R extends Record>(LogRecord record) implements Decoded<R> {}

  /** What cannot be decoded, or has no key: to be parked. */
  record Faulty<R extends Record>(LogRecord record, Failure failure) implements Decoded<R> {}

  /** A change with its key as the database holds it. */
  record Keyed<R extends Record>(RowKey key, Change<R> change) {}
}
