package dev.millrace.view;

import dev.millrace.log.EventLog;
import java.time.Clock;
import javax.sql.DataSource;

/** What a runner works with, from start to end. */
record Work<R extends Record>(Projection<R> projection, EventLog log, Decoding<R> decoding,
    DataSource database,
    Clock clock, String owner) {}
