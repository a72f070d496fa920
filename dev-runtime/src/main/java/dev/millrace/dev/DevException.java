package dev.millrace.dev;

import dev.millrace.schema.Fault;
import org.jspecify.annotations.Nullable;

/** The root of what this module throws. The code is stable; the message is one line: what, where, and what to do. */
public final class DevException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** Another program listens on the port. */
    PORT_TAKEN(Fault.CALLER),
    /** Another instance works on the data folder. */
    FOLDER_IN_USE(Fault.CALLER),
    /** The data folder was written by another version, or is not one of ours. */
    OTHER_VERSION(Fault.CALLER),
    /** The data folder belongs to a log of another kind, or at another place. */
    OTHER_LOG(Fault.CALLER),
    /** The data folder, or its disk, has too little room. */
    NO_SPACE(Fault.EXTERNAL),
    /** The data folder cannot be read or written. */
    UNWRITABLE(Fault.CALLER),
    /** A server did not start. */
    NOT_STARTED(Fault.EXTERNAL),
    /** A server that ran has failed. */
    FAILED(Fault.EXTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public DevException(Code code, String message) {
    this(code, message, null);
  }

  public DevException(Code code, String message, @Nullable Throwable cause) {
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
