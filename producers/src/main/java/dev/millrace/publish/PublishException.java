package dev.millrace.publish;

import org.jspecify.annotations.Nullable;

import dev.millrace.schema.Fault;

/** The root of what this module throws. The code is stable; the message names what, where and what to do. */
public final class PublishException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** As many events as allowed are in flight, and none was acknowledged in time. */
    NO_ROOM(Fault.EXTERNAL),
    /** The thread was interrupted while it waited for room; the event was not published. */
    INTERRUPTED(Fault.EXTERNAL),
    /** The envelope was given another subject or type than the event has. */
    MISLABELLED(Fault.CALLER),
    /** The connection commits by itself, so that the event and the change it tells of would not be one transaction. */
    NO_TRANSACTION(Fault.CALLER),
    /** The database has no outbox table. */
    NO_OUTBOX(Fault.CALLER),
    /** The database refused a statement, or did not answer. */
    DATABASE(Fault.EXTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public PublishException(Code code, String message) {
    this(code, message, null);
  }

  public PublishException(Code code, String message, @Nullable Throwable cause) {
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
