package dev.millrace.streams;

import dev.millrace.log.LogException;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** Whose a failure within a topology is: the first cause that says so decides. */
final class Blame {
  private Blame() {}

  /** A failure that says nothing of itself comes from the app's own functions, and is the event's. */
  static Fault of(Throwable failure) {
    var fault = Fault.CALLER;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case SchemaException schema -> {
          return schema.fault();
        }
        case LogException log -> {
          return log.fault();
        }
        case StreamAppException app -> {
          return app.fault();
        }
        case RetriableException retriable -> {
          return Fault.EXTERNAL;
        }
        case KafkaException kafka -> fault = Fault.INTERNAL;
        case Error error -> fault = Fault.INTERNAL;
        default -> {
        }
      }
    }
    return fault;
  }
}
