package dev.millrace.view;

import dev.millrace.log.LogException;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import java.util.HashSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Whose fault it is that a runner could not go on. */
final class Faults {
  private Faults() {}

  /** The fault, by the innermost failure that knows: a log wraps what its callbacks throw. */
  static Fault of(Throwable thrown) {
    var fault = Fault.INTERNAL;
    var seen = new HashSet<Throwable>();
    for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
      switch (cause) {
        case ViewException e -> fault = e.fault();
        case SchemaException e -> fault = e.fault();
        // A stream that is not there yet may be made by whoever publishes to it.
        case LogException e ->
          fault = e.code() == LogException.Code.UNKNOWN_STREAM ? Fault.EXTERNAL : e.fault();
        default -> {
        }
      }
    }
    return fault;
  }

  /** What came of a task, once it is done. @throws RuntimeException what it threw */
  static <T> T result(Future<T> task, String doing) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause)
        throw cause;
      throw new IllegalStateException(doing + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + doing, e);
    }
  }

  /** What to say of it. */
  static String message(Throwable thrown) {
    var root = thrown;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ViewException)
        root = cause;
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}
