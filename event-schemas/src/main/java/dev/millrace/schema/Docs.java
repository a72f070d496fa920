package dev.millrace.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Texts of a schema as Java source has them: documentation comments and text blocks. */
final class Docs {
  private Docs() {}

  static String ofRecord(Schema schema) {
    var lines = new StringBuilder();
    for (var field : schema.getFields()) {
      if (field.doc() != null && !field.doc().isBlank()) {
        lines.append(" * @param ").append(JavaNames.component(field.name())).append(" ")
            .append(escaped(field.doc()))
            .append("\n");
      }
    }
    return "/**\n * " + summary(schema) + "\n" + (lines.isEmpty() ? "" : " *\n" + lines) + " */\n";
  }

  static String ofType(Schema schema) {
    return "/** " + summary(schema) + " */\n";
  }

  private static String summary(Schema schema) {
    return schema.getDoc() == null || schema.getDoc().isBlank()
        ? "The " + schema.getType().getName() + " {@code " + schema.getFullName() + "}."
        : escaped(schema.getDoc());
  }

  private static String escaped(@Nullable String doc) {
    return String.valueOf(doc).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        .replace("@", "&#64;").replace("*/", "*&#47;").replace("\\", "&#92;").replaceAll("\\R", "\n * ");
  }

  /** The schema as one reads it. */
  static String pretty(Schema schema) {
    try {
      return new ObjectMapper().readTree(schema.toString()).toPrettyString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Avro wrote a schema that is no JSON", e);
    }
  }

  /** A text between the marks of a text block. */
  static String textBlock(String text) {
    return text.replace("\\", "\\\\").replace("\"\"\"", "\\\"\"\"").replaceAll("\\R", "\n");
  }
}
