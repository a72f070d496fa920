package dev.millrace.connect;

import org.jspecify.annotations.Nullable;

import dev.millrace.schema.Fault;

/** The root of what this module throws, or tells in its health. The code is stable; the message says what to do. */
public final class RelayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** The database refused a statement, or did not answer. */
    DATABASE(Fault.EXTERNAL),
    /** The database has no outbox table, or no publication of it. */
    NO_OUTBOX(Fault.CALLER),
    /** The database does not keep what logical replication needs. */
    NOT_LOGICAL(Fault.CALLER),
    /** Another relay, or another program, works with this name or this replication slot. */
    IN_USE(Fault.CALLER),
    /** The mark in the log was not written by this relay. */
    FOREIGN_MARK(Fault.CALLER),
    /** The stream of changes broke off. */
    STREAM(Fault.EXTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public RelayException(Code code, String message) {
    this(code, message, null);
  }

  public RelayException(Code code, String message, @Nullable Throwable cause) {
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
