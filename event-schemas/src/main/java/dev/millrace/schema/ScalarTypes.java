package dev.millrace.schema;

import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;

/** What a change of a type is called, and how a type is. */
final class ScalarTypes {
  private ScalarTypes() {}

  static boolean isLogical(Schema schema) {
    return LogicalValue.of(schema).isPresent() || ScalarReads.isDecimal(schema) || ScalarReads.isUuid(schema);
  }

  /** The type without its logical type. */
  static Schema bare(Schema schema) {
    return switch (schema.getType()) {
      case FIXED -> Schema.createFixed(schema.getName(), null, schema.getNamespace(), schema.getFixedSize());
      case INT, LONG, STRING, BYTES -> Schema.create(schema.getType());
      default -> schema;
    };
  }

  /** The rule of a change between two types. */
  static Rule rule(Schema older, Schema newer) {
    if (older.getType() == newer.getType()) {
      switch (newer.getType()) {
        case ENUM -> {
          return newer.getEnumSymbols().containsAll(older.getEnumSymbols())
              ? Rule.ENUM_SYMBOL_ADDED
              : Rule.ENUM_SYMBOL_REMOVED;
        }
        case FIXED -> {
          if (newer.getFixedSize() != older.getFixedSize())
            return Rule.FIXED_SIZE_CHANGED;
        }
        default -> {
        }
      }
    }
    boolean was = older.getLogicalType() != null;
    boolean is = newer.getLogicalType() != null;
    if (was && is)
      return Rule.LOGICAL_TYPE_CHANGED;
    if (older.getType() == newer.getType() && (was || is))
      return was ? Rule.LOGICAL_TYPE_REMOVED : Rule.LOGICAL_TYPE_ADDED;
    return older.getType() != newer.getType() && Resolver.Promote.isValid(older, newer)
        ? Rule.TYPE_PROMOTED
        : Rule.TYPE_CHANGED;
  }

  /** The type in a few words, such as {@code array of shop.sales.Line} or {@code decimal(12, 2)}. */
  static String words(Schema schema) {
    var logical = schema.getLogicalType();
    if (logical instanceof LogicalTypes.Decimal decimal)
      return base(schema) + " decimal(" + decimal.getPrecision() + ", " + decimal.getScale() + ")";
    return logical == null ? base(schema) : base(schema) + " " + logical.getName();
  }

  private static String base(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> schema.getFullName();
      case ENUM -> schema.getFullName() + schema.getEnumSymbols();
      case FIXED -> schema.getFullName() + "(" + schema.getFixedSize() + ")";
      case ARRAY -> "array of " + words(schema.getElementType());
      case MAP -> "map of " + words(schema.getValueType());
      case UNION -> schema.getTypes().stream().map(ScalarTypes::words)
          .collect(Collectors.joining(", ", "[", "]"));
      default -> schema.getType().getName();
    };
  }
}
