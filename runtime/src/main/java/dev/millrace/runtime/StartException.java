package dev.millrace.runtime;

import dev.millrace.schema.Fault;
import java.util.List;

/** Why the runtime did not start. Each fault is one line that names what is wrong and what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The stable name of a failure, and whose it is. */
  public enum Code {
    /** Settings are missing or wrong; each fault names a key and a value that would be right. */
    CONFIGURATION(Fault.CALLER),
    /** Kafka, the registry or PostgreSQL did not answer; each fault names the address and what was tried. */
    UNREACHABLE(Fault.EXTERNAL),
    /** The port of the HTTP API is taken. */
    PORT_TAKEN(Fault.CALLER),
    /** A projection, a stream app or a relay could not be started. */
    PART(Fault.INTERNAL);

    private final Fault fault;

    Code(Fault fault) {
      this.fault = fault;
    }

    public Fault fault() {
      return fault;
    }
  }

  private final Code code;
  private final transient List<String> faults;

  StartException(Code code, List<String> faults) {
    super(String.join(System.lineSeparator(), faults));
    this.code = code;
    this.faults = List.copyOf(faults);
  }

  StartException(Code code, String fault, Throwable cause) {
    super(fault, cause);
    this.code = code;
    this.faults = List.of(fault);
  }

  public Code code() {
    return code;
  }

  public Fault fault() {
    return code.fault();
  }

  /** All that is wrong, one line each. */
  public List<String> faults() {
    return faults;
  }
}
