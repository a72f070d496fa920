package dev.millrace.schema;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the constructor of a generated record does to its components, so that the record is a value: nobody can change it
 * afterwards, and it equals the record that is read from what it was written as. Each throws {@link
 * NullPointerException} with the component's name where it is null.
 */
public final class Frozen {
  private Frozen() {}

  /** An unmodifiable copy; the list itself where it is one already. */
  public static <T> List<T> list(List<T> list, String name) {
    Objects.requireNonNull(list, name);
    for (var item : list) {
      requireItem(item, name);
    }
    return List.copyOf(list);
  }

  /** An unmodifiable copy with each item put through the function. */
  public static <T extends @Nullable Object> List<T> list(List<T> list, String name, UnaryOperator<T> each) {
    var copy = new ArrayList<T>(Objects.requireNonNull(list, name).size());
    list.forEach(item -> copy.add(each.apply(item)));
    return Collections.unmodifiableList(copy);
  }

  /** An unmodifiable copy in the same order, so that equal bytes are written for it in every process. */
  public static <T> Map<String, T> map(Map<String, T> map, String name) {
    return map(map, name, value -> requireItem(value, name));
  }

  /** An unmodifiable copy in the same order with each value put through the function. */
  public static <T extends @Nullable Object> Map<String, T> map(Map<String, T> map, String name,
      UnaryOperator<T> each) {
    var copy = new LinkedHashMap<String, T>();
    Objects.requireNonNull(map, name)
        .forEach((key, value) -> copy.put(requireItem(key, name), each.apply(value)));
    return Collections.unmodifiableMap(copy);
  }

  /** A read-only copy of what is left in the buffer. */
  public static ByteBuffer bytes(ByteBuffer bytes, String name) {
    var copy = new byte[Objects.requireNonNull(bytes, name).remaining()];
    bytes.get(bytes.position(), copy);
    return ByteBuffer.wrap(copy).asReadOnlyBuffer();
  }

  /** The same number at the scale where it is exact; as it is, for the codec to refuse, where it is not. */
  public static BigDecimal decimal(BigDecimal number, int scale, String name) {
    if (Objects.requireNonNull(number, name).scale() == scale || number.precision() > 1_000)
      return number;
    if (Math.abs((long) scale - number.scale()) > 1_000)
      return number;
    return number.scale() > scale && number.stripTrailingZeros().scale() > scale
        ? number
        : number.setScale(scale);
  }

  /** The time, truncated to the unit. */
  public static Instant instant(Instant time, ChronoUnit unit, String name) {
    return Objects.requireNonNull(time, name).truncatedTo(unit);
  }

  /** The time, truncated to the unit. */
  public static LocalTime time(LocalTime time, ChronoUnit unit, String name) {
    return Objects.requireNonNull(time, name).truncatedTo(unit);
  }

  /** The time, truncated to the unit. */
  public static LocalDateTime dateTime(LocalDateTime time, ChronoUnit unit, String name) {
    return Objects.requireNonNull(time, name).truncatedTo(unit);
  }

  private static <T> T requireItem(T item, String name) {
    return Objects.requireNonNull(item, () -> name + " holds null");
  }
}
