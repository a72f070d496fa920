package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Values of a schema in Avro's binary encoding: the smallest one, and those at the edges of what its type can hold. */
final class Samples {
  private static final long MORE_THAN_A_FLOAT_HOLDS = (1L << 24) + 1;
  private static final long MORE_THAN_A_DOUBLE_HOLDS = (1L << 53) + 1;
  private static final byte[] NO_BYTES = {};
  private static final int MOST_BYTES = 1 << 16;

  private Samples() {}

  static byte[] encoded(Consumer<AvroOutput> writing) {
    var out = new AvroOutput();
    writing.accept(out);
    return out.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts)
      bytes.writeBytes(part);
    return bytes.toByteArray();
  }

  /**
   * The value with the fewest bytes; empty where a schema has no finite one, as a record that always holds itself, and where
   * it is very large, as schemas from outside may ask for.
   */
  static Optional<byte[]> smallest(Schema schema) {
    return new Smallest(false).of(schema);
  }

  /** The smallest value that has an item in each array and map, and of each union its last branch, where that can be. */
  static Optional<byte[]> full(Schema schema) {
    return new Smallest(true).of(schema).or(() -> smallest(schema));
  }

  /** Looks for it: each record once where it has one, and all together not for ever. */
  private static final class Smallest {
    private static final int MOST_STEPS = 100_000;

    private final Set<String> within = new HashSet<>();
    private final Map<String, byte[]> known = new HashMap<>();
    private final boolean full;
    private int steps;

    Smallest(boolean full) {
      this.full = full;
    }

    Optional<byte[]> of(Schema schema) {
      if (++steps > MOST_STEPS)
        return Optional.empty();
      return switch (schema.getType()) {
        case RECORD -> record(schema);
        case UNION -> union(schema.getTypes());
        case ARRAY -> items(schema.getElementType(), NO_BYTES);
        case MAP -> items(schema.getValueType(), encodedLong(0));
        default -> shortest(edges(schema));
      };
    }

    private Optional<byte[]> record(Schema schema) {
      var name = schema.getFullName();
      if (known.containsKey(name))
        return Optional.of(known.get(name));
      if (!within.add(name))
        return Optional.empty();
      var value = inTurn(schema.getFields().stream().map(Schema.Field::schema).toList());
      within.remove(name);
      value.ifPresent(bytes -> known.put(name, bytes));
      return value;
    }

    Optional<byte[]> inTurn(List<Schema> schemas) {
      var bytes = new ByteArrayOutputStream();
      for (var schema : schemas) {
        var value = of(schema);
        if (value.isEmpty() || bytes.size() + value.get().length > MOST_BYTES)
          return Optional.empty();
        bytes.writeBytes(value.get());
      }
      return Optional.of(bytes.toByteArray());
    }

    /** @param key what stands before an item */
    private Optional<byte[]> items(Schema item, byte[] key) {
      var none = encodedLong(0);
      return Optional.of(full
          ? of(item).map(value -> joined(encodedLong(1), key, value, none)).orElse(none)
          : none);
    }

    private Optional<byte[]> union(List<Schema> branches) {
      var found = new ArrayList<byte[]>();
      for (int i = 0; i < branches.size(); i++) {
        var index = encodedLong(i);
        of(branches.get(i)).ifPresent(value -> found.add(joined(index, value)));
      }
      return full && !found.isEmpty() ? Optional.of(found.getLast()) : shortest(found);
    }

    private static Optional<byte[]> shortest(List<byte[]> values) {
      return values.stream().min(Comparator.comparingInt(bytes -> bytes.length));
    }
  }

  /** The smallest values of these, one after another; empty where one has none, or all are very large. */
  static Optional<byte[]> smallest(List<Schema> schemas) {
    return new Smallest(false).inTurn(schemas);
  }

  /** Values of a scalar or an enum, the plainest first; none of a fixed that is very large. */
  static List<byte[]> edges(Schema schema) {
    if (schema.getType() == Schema.Type.FIXED && schema.getFixedSize() > MOST_BYTES)
      return List.of();
    if (ScalarReads.isDecimal(schema))
      return decimals(schema);
    if (ScalarReads.isUuid(schema))
      return uuids(schema);
    return switch (schema.getType()) {
      case NULL -> List.of(NO_BYTES);
      case BOOLEAN -> List.of(new byte[]{0}, new byte[]{1});
      case INT, LONG -> whole(schema);
      case FLOAT ->
        Stream.of(0f, 1.5f, -0f, 0.1f, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, Float.NaN,
            Float.POSITIVE_INFINITY).map(value -> encoded(out -> out.writeFloat(value))).toList();
      case DOUBLE ->
        Stream.of(0d, 1.5, -0d, 0.1, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN,
            Double.POSITIVE_INFINITY).map(value -> encoded(out -> out.writeDouble(value))).toList();
      case STRING ->
        Stream.of("", "a", "ü", "\u0000", "\uD83D\uDE00").map(text -> sized(text.getBytes(UTF_8))).toList();
      case BYTES -> Stream.of(NO_BYTES, new byte[]{'a'}, new byte[]{0}, new byte[]{(byte) 0xFF})
          .map(Samples::sized).toList();
      case FIXED -> fixed(schema.getFixedSize());
      case ENUM ->
        LongStream.range(0, schema.getEnumSymbols().size()).mapToObj(Samples::encodedLong).toList();
      default -> throw new IllegalArgumentException(schema + " holds others");
    };
  }

  private static List<byte[]> whole(Schema schema) {
    long least = schema.getType() == Schema.Type.INT ? Integer.MIN_VALUE : Long.MIN_VALUE;
    long most = schema.getType() == Schema.Type.INT ? Integer.MAX_VALUE : Long.MAX_VALUE;
    var logical = LogicalValue.of(schema);
    if (logical.isPresent() && logical.get().javaType() == java.time.LocalTime.class) {
      least = 0;
      most = 86_400_000_000_000L / logical.get().unitNanos() - 1;
    }
    long from = least;
    long to = most;
    return LongStream
        .of(0, 1, -1, 1_001, MORE_THAN_A_FLOAT_HOLDS, -MORE_THAN_A_FLOAT_HOLDS, MORE_THAN_A_DOUBLE_HOLDS,
            most, least)
        .filter(value -> value >= from && value <= to).distinct().mapToObj(Samples::encodedLong).toList();
  }

  private static List<byte[]> fixed(int size) {
    var high = new byte[size];
    Arrays.fill(high, (byte) 0xFF);
    return size == 0 ? List.of(high) : List.of(new byte[size], high);
  }

  private static List<byte[]> uuids(Schema schema) {
    if (schema.getType() == Schema.Type.FIXED)
      return fixed(16);
    return Stream.of("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
        .map(text -> sized(text.getBytes(UTF_8))).toList();
  }

  private static List<byte[]> decimals(Schema schema) {
    int precision = ((LogicalTypes.Decimal) schema.getLogicalType()).getPrecision();
    var most = BigInteger.TEN.pow(Math.min(precision, 1_000)).subtract(BigInteger.ONE);
    return Stream.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE.negate(), most, most.negate()).distinct()
        .map(number -> decimal(schema, number)).toList();
  }

  private static byte[] decimal(Schema schema, BigInteger unscaled) {
    var digits = unscaled.toByteArray();
    if (schema.getType() == Schema.Type.BYTES)
      return sized(digits);
    var bytes = new byte[schema.getFixedSize()];
    Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? 0xFF : 0));
    System.arraycopy(digits, 0, bytes, bytes.length - digits.length, digits.length);
    return bytes;
  }

  static byte[] encodedLong(long value) {
    return encoded(out -> out.writeLong(value));
  }

  private static byte[] sized(byte[] bytes) {
    return joined(encodedLong(bytes.length), bytes);
  }
}
