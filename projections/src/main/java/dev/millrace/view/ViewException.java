package dev.millrace.view;

import dev.millrace.schema.Fault;
import org.jspecify.annotations.Nullable;

/** The root of what this module throws. The code is stable; the message names the view, where and what to do. */
public final class ViewException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** A projection cannot be built; the message has all that is wrong with it. */
    INVALID_PROJECTION(Fault.CALLER),
    /** A key does not fit the view's key. */
    INVALID_KEY(Fault.CALLER),
    /** A query names an unknown column or operator, or a value that is none of the column's type. */
    INVALID_QUERY(Fault.CALLER),
    /** A page cursor is broken, or belongs to another query. */
    INVALID_CURSOR(Fault.CALLER),
    /** A token is of a stream that the view does not read, or cannot be looked up here. */
    INVALID_TOKEN(Fault.CALLER),
    /** The database has no such view, or no such generation of it. */
    UNKNOWN_VIEW(Fault.CALLER),
    /** The projection is not the one that the live generation was made with: it asks for a rebuild. */
    DEFINITION_CHANGED(Fault.CALLER),
    /** A generation cannot be promoted, rolled back or dropped as things are. */
    REFUSED(Fault.CALLER),
    /** A generation differs from the live one in what its projection does not declare. */
    DIFFERENT(Fault.CALLER),
    /** So many keys were parked of late that the view stops rather than parking the world. */
    TOO_MANY_PARKED(Fault.CALLER),
    /** A view did not come as far as it was waited for. */
    TIMED_OUT(Fault.EXTERNAL),
    /** The database cannot be reached, or did not answer. */
    DATABASE_UNREACHABLE(Fault.EXTERNAL),
    /** A folder that a rebuild needs cannot be written or read, as when the disk is full. */
    DISK_FAILED(Fault.EXTERNAL),
    /** A defect of this program, or of the tables it works on. */
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

  public ViewException(Code code, String message) {
    this(code, message, null);
  }

  public ViewException(Code code, String message, @Nullable Throwable cause) {
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
