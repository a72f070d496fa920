package dev.millrace.connect;

import org.jspecify.annotations.Nullable;

import dev.millrace.schema.Fault;

/** Why a bridge cannot go on, beside what the logs themselves throw. The code is stable; the message says what to do. */
public final class BridgeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** The mark in the log was not written by this bridge. */
    FOREIGN_MARK(Fault.CALLER);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  BridgeException(Code code, String message, @Nullable Throwable cause) {
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
