package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;

/**
 * JSON objects as aligned text, one a line under a header of their fields, numbers to the right. What an event holds is
 * printed to a terminal, so control characters are shown and not sent.
 */
final class Table {
  private static final String GAP = "  ";

  private final Console console;

  Table(Console console) {
    this.console = console;
  }

  /** Objects in rows; a field that one lacks is left empty. */
  void print(List<? extends JsonNode> objects) {
    SequencedSet<String> names = new LinkedHashSet<>();
    objects.forEach(object -> object.fieldNames().forEachRemaining(names::add));
    print(objects, List.copyOf(names));
  }

  /** Of these fields only. */
  void print(List<? extends JsonNode> objects, List<String> columns) {
    int[] widths = columns.stream().mapToInt(Table::width).toArray();
    boolean[] numeric = new boolean[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      String column = columns.get(i);
      numeric[i] = objects.stream().map(object -> object.path(column)).filter(Table::present)
          .allMatch(Table::isNumber);
      for (JsonNode object : objects)
        widths[i] = Math.max(widths[i], width(cell(object.path(column))));
    }
    console.out().println(
        header(line(columns.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList(), widths, numeric)));
    for (JsonNode object : objects) {
      console.out()
          .println(line(columns.stream().map(name -> cell(object.path(name))).toList(), widths, numeric));
    }
  }

  /** One object, a field a line. */
  void print(JsonNode object) {
    int widest = 0;
    for (Map.Entry<String, JsonNode> field : object.properties())
      widest = Math.max(widest, width(field.getKey()));
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      console.out().println(header(padded(field.getKey(), widest, false)) + GAP + cell(field.getValue()));
    }
  }

  static String cell(JsonNode value) {
    if (!present(value))
      return "";
    return printable(value.isValueNode() ? value.asText() : value.toString());
  }

  /** Shows control characters as escapes: an event's text must not steer the terminal. */
  static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl))
      return text;
    var shown = new StringBuilder();
    text.chars().forEach(c -> {
      if (Character.isISOControl(c))
        shown.append(String.format("\\u%04x", c));
      else
        shown.append((char) c);
    });
    return shown.toString();
  }

  private String header(String text) {
    return console.ansi().string("@|bold " + text + "|@");
  }

  private static String line(List<String> cells, int[] widths, boolean[] numeric) {
    var line = new ArrayList<String>();
    for (int i = 0; i < widths.length; i++)
      line.add(padded(cells.get(i), widths[i], numeric[i]));
    return String.join(GAP, line).stripTrailing();
  }

  private static String padded(String text, int width, boolean right) {
    String blanks = " ".repeat(Math.max(0, width - width(text)));
    return right ? blanks + text : text + blanks;
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private static boolean present(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }

  /** Decimals come as text, so that no reader rounds them. */
  private static boolean isNumber(JsonNode value) {
    return value.isNumber() || (value.isTextual() && value.asText().matches("-?\\d+(\\.\\d+)?"));
  }
}
