package dev.millrace.schema;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Which branch of a union a Java value belongs to: the first whose Java type it has. */
final class UnionBranch {
  private UnionBranch() {}

  static Predicate<@Nullable Object> accepting(Schema branch, Shapes shapes) {
    var logical = LogicalValue.of(branch);
    if (logical.isPresent())
      return ofType(logical.get().javaType());
    if (ScalarReads.isDecimal(branch))
      return ofType(BigDecimal.class);
    if (ScalarReads.isUuid(branch))
      return ofType(UUID.class);
    return switch (branch.getType()) {
      case NULL -> value -> value == null;
      case BOOLEAN -> ofType(Boolean.class);
      case INT -> ofType(Integer.class);
      case LONG -> ofType(Long.class);
      case FLOAT -> ofType(Float.class);
      case DOUBLE -> ofType(Double.class);
      case STRING -> ofType(String.class);
      case BYTES -> ofType(ByteBuffer.class);
      case FIXED -> value -> value instanceof ByteBuffer bytes && bytes.remaining() == branch.getFixedSize();
      case ARRAY -> ofType(List.class);
      case MAP -> ofType(Map.class);
      case RECORD -> ofType(shapes.record(branch).type());
      case ENUM -> {
        var constants = shapes.constants(branch);
        yield value -> value instanceof Enum<?> constant && constants.contains(constant);
      }
      case UNION -> throw new IllegalArgumentException("a union holds no union");
    };
  }

  private static Predicate<@Nullable Object> ofType(Class<?> type) {
    return type::isInstance;
  }
}
