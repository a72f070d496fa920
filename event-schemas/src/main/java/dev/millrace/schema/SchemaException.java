package dev.millrace.schema;

import org.jspecify.annotations.Nullable;

/** The root of what this module throws. The code is stable; the message names what, where and what to do. */
public final class SchemaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** The registry knows no schema of the id in the payload. */
    UNKNOWN_SCHEMA(Fault.CALLER),
    /** The payload does not start with {@code 0x00} and four bytes of schema id. */
    NOT_FRAMED(Fault.CALLER),
    /** The payload ends before its schema does. */
    TRUNCATED(Fault.CALLER),
    /** The bytes are not a value of their schema, or bytes are left over after it. */
    MALFORMED(Fault.CALLER),
    /** The schema that wrote the payload cannot be read as the reader's. */
    UNREADABLE(Fault.CALLER),
    /** The event does not fit its schema; the message has the path of the field. */
    MISFIT(Fault.CALLER),
    /** A schema file breaks the layout or lacks a part of its contract. */
    INVALID_CONTRACT(Fault.CALLER),
    /** The registry refused the schema as incompatible with an earlier version. */
    INCOMPATIBLE(Fault.CALLER),
    /** The registry refused the request. */
    REFUSED(Fault.CALLER),
    /** The registry did not answer, or answered with an error of its own. */
    REGISTRY_UNREACHABLE(Fault.EXTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;

  public SchemaException(Code code, String message) {
    this(code, message, null);
  }

  public SchemaException(Code code, String message, @Nullable Throwable cause) {
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
