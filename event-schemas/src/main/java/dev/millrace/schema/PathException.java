package dev.millrace.schema;

import java.io.Serial;

/** A value that does not go through, on its way up: each level it passes puts its part of the path in front. */
final class PathException extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1;

  private final SchemaException.Code code;
  private final String reason;
  private String path = "";

  PathException(SchemaException.Code code, String reason) {
    super(reason, null, false, false); // bad input is ordinary: it pays for no stack trace
    this.code = code;
    this.reason = reason;
  }

  static PathException malformed(String reason) {
    return new PathException(SchemaException.Code.MALFORMED, reason);
  }

  static PathException misfit(String reason) {
    return new PathException(SchemaException.Code.MISFIT, reason);
  }

  static PathException unreadable(String reason) {
    return new PathException(SchemaException.Code.UNREADABLE, reason);
  }

  /** This failure, seen from the record that holds the field. */
  PathException inField(String name) {
    path = path.isEmpty() || path.startsWith("[") ? name + path : name + "." + path;
    return this;
  }

  /** This failure, seen from the array that holds the item. */
  PathException inItem(int index) {
    return inKey(Integer.toString(index));
  }

  /** This failure, seen from the map that holds the entry. */
  PathException inEntry(String key) {
    return inKey("'" + key + "'");
  }

  private PathException inKey(String key) {
    path = path.isEmpty() || path.startsWith("[") ? "[" + key + "]" + path : "[" + key + "]." + path;
    return this;
  }

  /** This failure as the caller sees it. */
  SchemaException at(String what) {
    return new SchemaException(code, what + ": " + (path.isEmpty() ? "" : path + ": ") + reason);
  }
}
