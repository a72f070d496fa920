package dev.millrace.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** The steps that write values which hold no others. A value that its schema would change is refused. */
final class ScalarWrites {
  private ScalarWrites() {}

  static Write of(Schema schema) {
    if (ScalarReads.isDecimal(schema))
      return decimal(schema);
    if (ScalarReads.isUuid(schema))
      return uuid(schema);
    var logical = LogicalValue.of(schema);
    if (logical.isPresent()) {
      var type = logical.get();
      return (out, value) -> {
        if (value == null)
          throw not("a " + type.avroName(), null);
        out.writeLong(type.write(value));
      };
    }
    return plain(schema);
  }

  static PathException not(String wanted, @Nullable Object value) {
    return PathException.misfit(value == null
        ? "is null, but must be " + wanted
        : "is " + value.getClass().getName() + ", but must be " + wanted);
  }

  private static Write plain(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> (_, value) -> {
        if (value != null)
          throw not("null", value);
      };
      case BOOLEAN -> (out, value) -> {
        if (!(value instanceof Boolean truth))
          throw not("a boolean", value);
        out.writeBoolean(truth);
      };
      case INT -> (out, value) -> out.writeInt(toInt(value));
      case LONG -> (out, value) -> {
        if (value instanceof Long number) {
          out.writeLong(number);
        } else {
          out.writeInt(toInt(value));
        }
      };
      case FLOAT -> (out, value) -> out.writeFloat(toFloat(value));
      case DOUBLE -> (out, value) -> {
        if (!(value instanceof Double || value instanceof Float))
          throw not("a double", value);
        out.writeDouble(((Number) value).doubleValue());
      };
      case STRING -> (out, value) -> {
        if (!(value instanceof String text))
          throw not("a string", value);
        out.writeString(text);
      };
      case BYTES -> (out, value) -> {
        if (!(value instanceof ByteBuffer bytes))
          throw not("a byte buffer", value);
        out.writeBytes(bytes);
      };
      case FIXED -> fixed(schema.getFixedSize());
      default -> throw new IllegalArgumentException(schema + " is no scalar");
    };
  }

  private static int toInt(@Nullable Object value) {
    if (value instanceof Integer number)
      return number;
    if (!(value instanceof Long number))
      throw not("a whole number", value);
    if (number != number.intValue()) {
      throw PathException.misfit(number + " is no int, which is what it is written as");
    }
    return number.intValue();
  }

  private static float toFloat(@Nullable Object value) {
    if (value instanceof Float number)
      return number;
    if (!(value instanceof Double number))
      throw not("a float", value);
    if (Double.compare(number.floatValue(), number) != 0) {
      throw PathException.misfit(number + " is no float, which is what it is written as");
    }
    return number.floatValue();
  }

  private static Write fixed(int size) {
    return (out, value) -> {
      if (!(value instanceof ByteBuffer bytes))
        throw not("a byte buffer", value);
      if (bytes.remaining() != size) {
        throw PathException.misfit("has " + bytes.remaining() + " bytes, but must have " + size);
      }
      out.writeFixed(bytes);
    };
  }

  private static Write uuid(Schema schema) {
    boolean fixed = schema.getType() == Schema.Type.FIXED;
    return (out, value) -> {
      if (!(value instanceof UUID id))
        throw not("a UUID", value);
      if (fixed) {
        out.writeLowBytes(id.getMostSignificantBits(), 8);
        out.writeLowBytes(id.getLeastSignificantBits(), 8);
      } else {
        out.writeString(id.toString());
      }
    };
  }

  private static Write decimal(Schema schema) {
    int precision = ((LogicalTypes.Decimal) schema.getLogicalType()).getPrecision();
    int scale = ScalarReads.scale(schema);
    int size = schema.getType() == Schema.Type.FIXED ? schema.getFixedSize() : -1;
    return (out, value) -> {
      if (!(value instanceof BigDecimal number))
        throw not("a decimal", value);
      var unscaled = exact(number, precision, scale).unscaledValue();
      if (unscaled.bitLength() < 64) {
        writeDecimal(out, unscaled.longValue(), unscaled.bitLength() / 8 + 1, size);
      } else {
        writeDecimal(out, unscaled, size);
      }
    };
  }

  private static BigDecimal exact(BigDecimal number, int precision, int scale) {
    var scaled = number;
    if (number.scale() != scale) {
      // Before it is scaled: 1E+999999999 would take its digits' room first.
      if ((long) number.precision() - number.scale() > (long) precision - scale && number.signum() != 0) {
        throw tooLong(number, precision, scale);
      }
      try {
        scaled = number.setScale(scale);
      } catch (ArithmeticException e) {
        throw PathException.misfit(number + " has more than " + scale + " decimal places");
      }
    }
    if (scaled.precision() > precision)
      throw tooLong(number, precision, scale);
    return scaled;
  }

  private static PathException tooLong(BigDecimal number, int precision, int scale) {
    return PathException.misfit(number + " has more than " + precision + " digits at scale " + scale);
  }

  private static void writeDecimal(AvroOutput out, long unscaled, int length, int size) {
    if (size < 0) {
      out.writeLong(length);
      out.writeLowBytes(unscaled, length);
    } else {
      checkSize(length, size);
      for (int i = length; i < size; i++) {
        out.writeLowBytes(unscaled < 0 ? -1 : 0, 1);
      }
      out.writeLowBytes(unscaled, length);
    }
  }

  private static void writeDecimal(AvroOutput out, BigInteger unscaled, int size) {
    byte[] bytes = unscaled.toByteArray();
    if (size < 0) {
      out.writeLong(bytes.length);
    } else {
      checkSize(bytes.length, size);
      for (int i = bytes.length; i < size; i++) {
        out.writeLowBytes(unscaled.signum() < 0 ? -1 : 0, 1);
      }
    }
    out.writeFixed(bytes);
  }

  private static void checkSize(int length, int size) {
    if (length > size) {
      throw PathException.misfit("takes " + length + " bytes, but has only " + size);
    }
  }
}
