package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Whether a value that was read is the one that was written, though its type may be another. */
final class SameValue {
  private SameValue() {}

  /** Of scalars and symbols, as the codec gives them where it has no class for them. */
  static boolean of(@Nullable Object written, @Nullable Object read) {
    return switch (written) {
      case null -> read == null;
      case Number number when read instanceof Number other -> numbers(number, other);
      case String text when read instanceof ByteBuffer bytes -> bytes(text).equals(bytes);
      case ByteBuffer bytes when read instanceof String text -> bytes(text).equals(bytes);
      default -> written.equals(read);
    };
  }

  private static boolean numbers(Number one, Number other) {
    if (isFinite(one) && isFinite(other))
      return exact(one).compareTo(exact(other)) == 0;
    return Double.compare(one.doubleValue(), other.doubleValue()) == 0;
  }

  private static boolean isFinite(Number number) {
    return switch (number) {
      case Double value -> Double.isFinite(value);
      case Float value -> Float.isFinite(value);
      default -> true;
    };
  }

  private static BigDecimal exact(Number number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case Double value -> new BigDecimal(value);
      case Float value -> new BigDecimal(value);
      default -> BigDecimal.valueOf(number.longValue());
    };
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
