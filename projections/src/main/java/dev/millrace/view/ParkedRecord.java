package dev.millrace.view;

import dev.millrace.log.LogRecord;

/** A record that is kept aside, as it was read, and why. */
record ParkedRecord(LogRecord record, Failure failure) {
  String reason() {
    return failure.reason();
  }

  String message() {
    return failure.message();
  }
}
