package dev.millrace.view;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names in SQL: checked when a projection is built, and always quoted. */
final class Identifier {
  static final String WHAT = "a lower-case letter followed by lower-case letters, digits and underscores, at most 60";
  private static final Pattern VALID = Pattern.compile("[a-z][a-z0-9_]{0,59}");
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  private Identifier() {}

  static boolean valid(String name) {
    return VALID.matcher(name).matches();
  }

  /** {@code stockCode} as {@code stock_code}. */
  static String snakeCase(String field) {
    return HUMP.matcher(field).replaceAll("_").toLowerCase(Locale.ROOT);
  }

  static String quote(String name) {
    if (!valid(name))
      throw new IllegalArgumentException("'" + name + "' is not " + WHAT);
    return '"' + name + '"';
  }

  static String quote(String schema, String name) {
    return quote(schema) + "." + quote(name);
  }
}
