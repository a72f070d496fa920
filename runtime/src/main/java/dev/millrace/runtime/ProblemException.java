package dev.millrace.runtime;

/** Ends a request with a problem. */
final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Problem.Code code;

  ProblemException(Problem.Code code, String detail) {
    super(detail);
    this.code = code;
  }

  Problem.Code code() {
    return code;
  }
}
