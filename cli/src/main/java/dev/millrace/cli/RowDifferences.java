package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** Rows of a view that are not what they would be, field by field, for people. */
final class RowDifferences {
  private final Console console;

  RowDifferences(Console console) {
    this.console = console;
  }

  /** @param comparison as an instance tells it */
  void print(JsonNode comparison) {
    for (JsonNode difference : comparison.path("examples")) {
      console.out().println(Table.printable(difference.path("key").toString())
          + (difference.path("expected").asBoolean() ? " (declared)" : ""));
      for (JsonNode field : difference.path("fields")) {
        console.out().println(Table.printable("  " + field.asText() + ": "
            + value(difference.path("live"), field.asText()) + " | "
            + value(difference.path("other"), field.asText())));
      }
    }
    console.out().println(
        comparison.path("liveRows") + " rows and " + comparison.path("otherRows") + ", "
            + comparison.path("different")
            + " different, " + comparison.path("unexpected") + " of them unexpected"
            + (comparison.path("samePosition").asBoolean() ? "" : "; not at one position"));
  }

  private static String value(JsonNode row, String field) {
    return row.isObject() ? Table.cell(row.path(field)) : "no row";
  }
}
