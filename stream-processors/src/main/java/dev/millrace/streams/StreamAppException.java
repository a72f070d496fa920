package dev.millrace.streams;

import dev.millrace.schema.Fault;
import org.jspecify.annotations.Nullable;

/** The root of what this module throws. The code is stable; the message names the app, the stream and what to do. */
public final class StreamAppException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** The app touches a type that it has not said it reads, keeps as a table or writes. */
    UNDECLARED(Fault.CALLER),
    /** The app's definition contradicts itself. */
    INVALID_APP(Fault.CALLER),
    /** A repartition topic, a store or a changelog has no name of its own. */
    UNNAMED(Fault.CALLER),
    /** The topology is not the one that its lock file holds. */
    LOCK_MISMATCH(Fault.CALLER),
    /** An intermediate record is not what this version of the app writes. */
    FOREIGN_RECORD(Fault.CALLER),
    /** A setting of the host is missing or wrong. */
    INVALID_SETTING(Fault.CALLER),
    /** The broker did not answer in time. */
    UNREACHABLE(Fault.EXTERNAL),
    /** The app stopped by a defect of its own, or of this program. */
    STOPPED(Fault.INTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public StreamAppException(Code code, String message) {
    this(code, message, null);
  }

  public StreamAppException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  public Fault fault() {
    return code.fault();
  }
}
