package dev.millrace.connect;

import java.time.Duration;

import dev.millrace.log.EventLog;

/** What a relay was told. */
record RelayConfig(String name, EventLog log, Database database, int batchSize, Duration pollInterval) {}
