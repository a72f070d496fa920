package dev.millrace.log;

import dev.millrace.schema.Fault;
import org.jspecify.annotations.Nullable;

/** The root of what a log throws. The code is stable; the message names stream, partition and position. */
public final class LogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** The log cannot be reached, or did not answer in time. */
    UNREACHABLE(Fault.EXTERNAL),
    /** The log knows no such stream. */
    UNKNOWN_STREAM(Fault.CALLER),
    /** The record is larger than the log takes. */
    TOO_LARGE(Fault.CALLER),
    /** The log refused the caller, or the request. */
    REFUSED(Fault.CALLER),
    /** A record has no envelope, or a broken one. */
    MALFORMED(Fault.CALLER),
    /** A text is no token of a write. */
    INVALID_TOKEN(Fault.CALLER),
    /** Records after the cursor are past their retention. */
    EXPIRED(Fault.CALLER),
    /** Another writer has taken this one's place. */
    FENCED(Fault.INTERNAL),
    /** A defect of this program. */
    INTERNAL(Fault.INTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public LogException(Code code, String message) {
    this(code, message, null);
  }

  public LogException(Code code, String message, @Nullable Throwable cause) {
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
