package dev.millrace.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.apache.avro.Schema;

/** What to do about a change that hurts, in words and as the JSON to write. */
final class Mends {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Mends() {}

  /** A mend. */
  record Mend(String words, Optional<String> json) {
    static Mend of(String words) {
      return new Mend(words, Optional.empty());
    }
  }

  static Mend of(Rule rule, Schema older, Schema newer, Hurt hurt) {
    return switch (rule) {
      case ENUM_SYMBOL_ADDED -> new Mend(
          "give the enum a default in a version that every reader has before the symbol comes, and know that old readers"
              + " see the default; a default of the field does not help",
          enumDefault(older));
      case ENUM_SYMBOL_REMOVED -> new Mend(
          hurt == Hurt.NEW_READERS
              ? "keep the symbols: events that have them are in the log; a default of the enum lets them be read as that"
              : "keep the symbols' order and names",
          keepSymbols(older, newer));
      case UNION_BRANCH_ADDED -> Mend.of("add a field of the new type beside this one, with a default");
      case UNION_BRANCH_REMOVED -> new Mend("keep the branch: events that have it are in the log",
          Optional.of(older.toString()));
      case NAME_CHANGED -> new Mend(
          hurt == Hurt.NEW_READERS
              ? "keep the name, or add the former one as an alias"
              : "keep the name: readers that are not upgraded know no other",
          alias(older, newer));
      case FIXED_SIZE_CHANGED -> new Mend("keep the size, or add a field of the new type beside this one",
          Optional.of(older.toString()));
      case ALIAS_CLASH ->
        Mend.of("let each alias be the former name of one field, and of none that is still there");
      case LOGICAL_TYPE_ADDED, LOGICAL_TYPE_REMOVED, LOGICAL_TYPE_CHANGED -> new Mend(
          "keep the type, and add a field of the new one beside it with a default",
          Optional.of(older.toString()));
      default -> Mend.of("keep the type, and add a field of the new one beside it with a default");
    };
  }

  private static Optional<String> enumDefault(Schema older) {
    if (older.getType() != Schema.Type.ENUM || older.getEnumDefault() != null)
      return Optional.empty();
    var json = (ObjectNode) tree(older.toString());
    return Optional.of(json.put("default", older.getEnumSymbols().getFirst()).toString());
  }

  private static Optional<String> keepSymbols(Schema older, Schema newer) {
    if (older.getType() != Schema.Type.ENUM || newer.getType() != Schema.Type.ENUM)
      return Optional.empty();
    var json = (ObjectNode) tree(newer.toString());
    var symbols = json.putArray("symbols");
    older.getEnumSymbols().forEach(symbols::add);
    newer.getEnumSymbols().stream().filter(symbol -> !older.getEnumSymbols().contains(symbol))
        .forEach(symbols::add);
    return Optional.of(json.toString());
  }

  private static Optional<String> alias(Schema older, Schema newer) {
    return isNamed(older) && isNamed(newer)
        ? Optional.of("\"aliases\": [\"" + older.getFullName() + "\"]")
        : Optional.empty();
  }

  private static boolean isNamed(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> true;
      default -> false;
    };
  }

  /** The field as it would be with a default; empty where its type has no plain one, as a record has not. */
  static Optional<String> withDefault(Schema.Field field) {
    return plainDefault(field.schema()).map(value -> {
      var json = NODES.objectNode().put("name", field.name());
      json.set("type", tree(field.schema().toString()));
      json.set("default", value);
      return json.toString();
    });
  }

  private static Optional<JsonNode> plainDefault(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> Optional.of(NODES.nullNode());
      case BOOLEAN -> Optional.of(NODES.booleanNode(false));
      case INT, LONG -> Optional.of(NODES.numberNode(0));
      case FLOAT, DOUBLE -> Optional.of(NODES.numberNode(0.0));
      case STRING -> Optional.of(NODES.textNode(""));
      case BYTES -> Optional.of(NODES.textNode(ScalarReads.isDecimal(schema) ? "\u0000" : ""));
      case FIXED -> Optional.of(NODES.textNode("\u0000".repeat(schema.getFixedSize())));
      case ENUM -> schema.getEnumSymbols().stream().findFirst().map(NODES::textNode);
      case ARRAY -> Optional.of(NODES.arrayNode());
      case MAP -> Optional.of(NODES.objectNode());
      case UNION -> plainDefault(schema.getTypes().getFirst());
      case RECORD -> Optional.empty();
    };
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Avro wrote a schema that is no JSON", e);
    }
  }
}
