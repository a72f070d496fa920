package dev.millrace.view;

import java.time.Clock;
import javax.sql.DataSource;

/** What a runner works with, from start to end. */
record Work<R extends Record>(Projection<R> projection, Decoding<R> decoding, DataSource database,
    Clock clock,
    String owner) {}
