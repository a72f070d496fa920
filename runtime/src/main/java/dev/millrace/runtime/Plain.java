package dev.millrace.runtime;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns the values of rows and events into what JSON has. A decimal becomes text, exactly as it is written plainly, because
 * most readers of JSON would round it; times become ISO 8601; bytes become base64.
 */
final class Plain {
  private Plain() {}

  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean truth -> truth;
      case Integer number -> number;
      case Long number -> number;
      case Short number -> number.intValue();
      // NaN and the infinities are no JSON numbers
      case Double number -> Double.isFinite(number) ? number : (Object) number.toString();
      case Float number -> Float.isFinite(number) ? number : (Object) number.toString();
      case BigDecimal number -> number.toPlainString();
      case BigInteger number -> number.toString();
      case byte[] bytes -> base64(bytes);
      case ByteBuffer buffer -> {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        yield base64(bytes);
      }
      case Optional<?> some -> of(some.orElse(null));
      case Map<?, ?> map -> {
        var plain = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, item) -> plain.put(String.valueOf(key), of(item)));
        yield plain;
      }
      case Collection<?> items -> {
        var plain = new ArrayList<@Nullable Object>();
        items.forEach(item -> plain.add(of(item)));
        yield plain;
      }
      default -> value.toString();
    };
  }

  static Map<String, @Nullable Object> row(Map<String, @Nullable Object> row) {
    var plain = new LinkedHashMap<String, @Nullable Object>();
    row.forEach((name, value) -> plain.put(name, of(value)));
    return plain;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
