package dev.millrace.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * The steps that read values which hold no others. A number is read by the unit of its writer's logical type and given in
 * the Java type of the reader's, so that milliseconds read as microseconds, or a decimal read at another scale, keep
 * their value; Avro itself takes the bare number.
 */
final class ScalarReads {
  private ScalarReads() {}

  static Read of(Schema writer, Schema reader) {
    if (isDecimal(reader) || isDecimal(writer))
      return decimal(writer, reader);
    var written = LogicalValue.of(writer);
    var read = LogicalValue.of(reader);
    if (read.isPresent()) {
      if (written.isPresent() && written.get().javaType() != read.get().javaType()) {
        return unreadable(writer, reader);
      }
      return logical(writer, written.orElse(read.get()), read.get());
    }
    return isUuid(reader) ? uuid(writer) : plain(writer, reader);
  }

  private static Read unreadable(Schema writer, Schema reader) {
    return _ -> {
      throw PathException.unreadable("written as " + writer + ", which cannot be read as " + reader);
    };
  }

  private static Read logical(Schema writer, LogicalValue written, LogicalValue wanted) {
    Read exact = writer.getType() == Schema.Type.INT
        ? in -> written.read(in.readInt())
        : in -> written.read(in.readLong());
    // As the record does that has the coarser unit: whoever reads it as a map is to see the same.
    return written.unitNanos() < wanted.unitNanos()
        ? in -> wanted.truncated(Objects.requireNonNull(exact.read(in)))
        : exact;
  }

  private static Read plain(Schema writer, Schema reader) {
    var from = writer.getType();
    return switch (reader.getType()) {
      case NULL -> _ -> null;
      case BOOLEAN -> AvroInput::readBoolean;
      case INT -> AvroInput::readInt;
      case LONG -> from == Schema.Type.INT ? in -> (long) in.readInt() : AvroInput::readLong;
      case FLOAT -> switch (from) {
        case INT -> in -> (float) in.readInt();
        case LONG -> in -> (float) in.readLong();
        default -> AvroInput::readFloat;
      };
      case DOUBLE -> switch (from) {
        case INT -> in -> (double) in.readInt();
        case LONG -> in -> (double) in.readLong();
        case FLOAT -> in -> (double) in.readFloat();
        default -> AvroInput::readDouble;
      };
      case STRING -> AvroInput::readString;
      case BYTES, FIXED -> {
        var bytes = bytes(writer);
        yield in -> ByteBuffer.wrap(bytes.apply(in)).asReadOnlyBuffer();
      }
      default -> throw new IllegalArgumentException(reader + " is no scalar");
    };
  }

  private static Function<AvroInput, byte[]> bytes(Schema writer) {
    if (writer.getType() != Schema.Type.FIXED)
      return AvroInput::readBytes;
    int size = writer.getFixedSize();
    return in -> in.readFixed(size);
  }

  private static Read decimal(Schema writer, Schema reader) {
    boolean hasBytes = writer.getType() != Schema.Type.STRING && reader.getType() != Schema.Type.STRING;
    if (!hasBytes)
      return unreadable(writer, reader);
    if (isUuid(reader))
      return unreadable(writer, reader);
    if (!isDecimal(reader))
      return plain(writer, reader);
    int size = writer.getType() == Schema.Type.FIXED ? writer.getFixedSize() : -1;
    int to = scale(reader);
    int from = isDecimal(writer) ? scale(writer) : to;
    return from == to ? in -> decimal(in, size, to) : in -> rescaled(decimal(in, size, from), to);
  }

  /** @param size of a fixed; -1 where the length stands before the bytes */
  private static BigDecimal decimal(AvroInput in, int size, int scale) {
    int length = size < 0 ? in.readLength() : size;
    if (length == 0) {
      throw PathException.malformed("a decimal has no bytes");
    }
    return length > 8
        ? new BigDecimal(new BigInteger(in.readFixed(length)), scale)
        : BigDecimal.valueOf(in.readUnscaled(length), scale);
  }

  private static BigDecimal rescaled(BigDecimal value, int scale) {
    try {
      return value.setScale(scale);
    } catch (ArithmeticException e) {
      throw PathException.unreadable(value + " does not fit the reader's scale " + scale);
    }
  }

  private static Read uuid(Schema writer) {
    if (writer.getType() == Schema.Type.FIXED) {
      return in -> {
        var bytes = ByteBuffer.wrap(in.readFixed(16));
        return new UUID(bytes.getLong(), bytes.getLong());
      };
    }
    return in -> {
      var text = in.readString();
      // UUID.fromString takes shorter groups too, and would then not give the same text again.
      return parse(text).orElseThrow(() -> PathException.malformed("'" + text + "' is no UUID"));
    };
  }

  private static Optional<UUID> parse(String text) {
    if (text.length() != 36)
      return Optional.empty();
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static boolean isDecimal(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal;
  }

  static int scale(Schema schema) {
    return ((LogicalTypes.Decimal) schema.getLogicalType()).getScale();
  }

  static boolean isUuid(Schema schema) {
    return schema.getLogicalType() != null && schema.getLogicalType().getName().equals("uuid");
  }
}
