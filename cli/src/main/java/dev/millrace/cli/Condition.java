package dev.millrace.cli;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One {@code --where}: a column, how it is compared, and with what. */
record Condition(String column, String operator, String value) {
  // the first operator ends the column: the value may have any of these signs
  private static final Pattern FORM = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)\\s*(<=|>=|\\^=|=|<|>)(.*)",
      Pattern.DOTALL);

  static Condition parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not COLUMN=VALUE, nor one with <, <=, >, >= or ^=");
    }
    return new Condition(matcher.group(1), matcher.group(2), matcher.group(3).strip());
  }

  /** As the HTTP API writes it. */
  String toFilter() {
    String name = switch (operator) {
      case "=" -> "eq";
      case "<" -> "lt";
      case "<=" -> "le";
      case ">" -> "gt";
      case ">=" -> "ge";
      default -> "prefix";
    };
    return column + ":" + name + ":" + value;
  }

  /** {@code -net,country} as the HTTP API writes it. */
  static String toOrder(String columns) {
    return Arrays.stream(columns.split(",", -1)).map(String::strip)
        .map(column -> column.startsWith("-") ? column.substring(1) + ":desc" : column)
        .collect(Collectors.joining(","));
  }

  /** Reads it from the command line. */
  static final class Reader implements ITypeConverter<Condition> {
    @Override
    public Condition convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
