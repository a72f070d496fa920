package dev.millrace.dev;

import org.jspecify.annotations.Nullable;

/** An answer that says no: Confluent's five-digit codes, whose first three digits are the HTTP status. */
final class RegistryError extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int code;

  RegistryError(int code, String message) {
    this(code, message, null);
  }

  RegistryError(int code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  static RegistryError noSubject(String subject) {
    return new RegistryError(40401, "Subject '" + subject + "' not found.");
  }

  static RegistryError noVersion(int version) {
    return new RegistryError(40402, "Version " + version + " not found.");
  }

  static RegistryError noSchema(String what) {
    return new RegistryError(40403, "Schema " + what + " not found.");
  }

  static RegistryError invalidSchema(String why, @Nullable Throwable cause) {
    return new RegistryError(42201, "Invalid schema: " + why, cause);
  }

  static RegistryError invalidVersion(String version) {
    return new RegistryError(42202, "The specified version '" + version
        + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");
  }

  static RegistryError tooLarge(int limit) {
    return new RegistryError(413, "The request is larger than " + limit + " bytes");
  }

  static RegistryError noSuchPath() {
    return new RegistryError(404, "HTTP 404 Not Found");
  }

  int code() {
    return code;
  }

  int status() {
    return code < 1000 ? code : code / 100;
  }
}
