package dev.millrace.schema;

import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Writes what the constructor of a generated record does to one component. */
final class Freeze {
  private final JavaNames names;
  private final String frozen;

  Freeze(JavaNames names) {
    this.names = names;
    this.frozen = names.type("dev.millrace.schema.Frozen");
  }

  /** The statement; empty where the component needs none. */
  String statement(Schema.Field field) {
    var name = JavaNames.component(field.name());
    var type = RecordSource.nonNull(field.schema());
    boolean nullable = field.schema().isNullable();
    var value = changed(type, name, field.name(), 0);
    if (!value.equals(name)) {
      return "    " + name + " = " + orNull(nullable, name, value) + ";\n";
    }
    return nullable || isPrimitive(type)
        ? ""
        : "    " + names.type("java.util.Objects") + ".requireNonNull(" + name + ", \"" + field.name()
            + "\");\n";
  }

  private static String orNull(boolean nullable, String name, String value) {
    return nullable ? name + " == null ? null : " + value : value;
  }

  private static boolean isPrimitive(Schema type) {
    return LogicalValue.of(type).isEmpty() && switch (type.getType()) {
      case BOOLEAN, INT, LONG, FLOAT, DOUBLE, NULL -> true;
      default -> false;
    };
  }

  /** An expression for the value as the record keeps it; the value itself where nothing is to be done. */
  private String changed(Schema type, String value, String name, int depth) {
    var last = ", \"" + name + "\")";
    if (type.getLogicalType() instanceof LogicalTypes.Decimal) {
      return frozen + ".decimal(" + value + ", " + ScalarReads.scale(type) + last;
    }
    if (ScalarReads.isUuid(type))
      return value;
    var logical = LogicalValue.of(type);
    if (logical.isPresent())
      return time(logical.get(), value, last);
    return switch (type.getType()) {
      case BYTES, FIXED -> frozen + ".bytes(" + value + last;
      case ARRAY -> frozen + ".list(" + value + each(type.getElementType(), name, depth);
      case MAP -> frozen + ".map(" + value + each(type.getValueType(), name, depth);
      default -> value;
    };
  }

  private String time(LogicalValue logical, String value, String last) {
    var unit = switch (logical.unitNanos()) {
      case 1_000_000 -> "MILLIS";
      case 1_000 -> "MICROS";
      default -> "NANOS";
    };
    var method = switch (logical) {
      case DATE -> "";
      case TIME_MILLIS, TIME_MICROS -> "time";
      case TIMESTAMP_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_NANOS -> "instant";
      case LOCAL_TIMESTAMP_MILLIS, LOCAL_TIMESTAMP_MICROS, LOCAL_TIMESTAMP_NANOS -> "dateTime";
    };
    return method.isEmpty()
        ? value
        : frozen + "." + method + "(" + value + ", " + names.type("java.time.temporal.ChronoUnit") + "."
            + unit + last;
  }

  private String each(Schema type, String name, int depth) {
    var item = "item" + (depth == 0 ? "" : depth);
    var changed = changed(RecordSource.nonNull(type), item, name, depth + 1);
    if (changed.equals(item) && !type.isNullable())
      return ", \"" + name + "\")";
    var value = changed.equals(item) ? item : orNull(type.isNullable(), item, changed);
    return ", \"" + name + "\", " + item + " -> " + value + ")";
  }
}
