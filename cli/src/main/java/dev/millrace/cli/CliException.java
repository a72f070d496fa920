package dev.millrace.cli;

import dev.millrace.schema.Fault;

/** A command that could not do what it was asked; the message says what to do about it. */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  enum Code {
    /** Nothing answers at the instance's address. */
    UNREACHABLE(Fault.EXTERNAL),
    /** The instance refused the request, or has no such thing. */
    REFUSED(Fault.CALLER),
    /** The instance failed, or what answers is no instance of Millrace. */
    BAD_ANSWER(Fault.EXTERNAL),
    /** A server that this process runs has failed. */
    SERVER_FAILED(Fault.EXTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }
  }

  private final Code code;

  CliException(Code code, String message) {
    super(message);
    this.code = code;
  }

  CliException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  Code code() {
    return code;
  }

  Fault fault() {
    return code.fault;
  }
}
