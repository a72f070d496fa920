package dev.millrace.log;

import java.util.regex.Pattern;

/** The name of a stream, such as {@code sales.orders}: letters, digits, dot, underscore and hyphen; 1 to 128 of them. */
public record StreamName(String value) implements Comparable<StreamName> {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  public StreamName {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is no stream name: use 1 to 128 letters, digits, '.', '_' or '-'");
    }
  }

  public static StreamName of(String value) {
    return new StreamName(value);
  }

  @Override
  public int compareTo(StreamName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
