package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import java.time.Clock;
import java.util.UUID;
import javax.sql.DataSource;

/** What a runner works with, from start to end. */
record Work<R extends Record>(Projection<R> projection, EventLog log, Decoding<R> decoding,
    DataSource database,
    Clock clock, String owner, ParkingLimit parking) {
  static <R extends Record> Work<R> of(Projection<R> projection, EventLog log, EventCodec codec,
      DataSource database, Clock clock, ParkingLimit parking) {
    return new Work<>(projection, log, new Decoding<>(projection, codec), database, clock,
        ProcessHandle.current().pid() + "-" + UUID.randomUUID(), parking);
  }
}
