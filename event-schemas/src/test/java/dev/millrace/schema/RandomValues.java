package dev.millrace.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Makes values of a schema at random, and puts ours and Avro's into one form that can be compared. */
final class RandomValues {
  private final Random random;

  RandomValues(Random random) {
    this.random = random;
  }

  /** Avro's own data with its own conversions of logical types. */
  static GenericData avro() {
    var data = new GenericData();
    for (var conversion : List.of(new Conversions.DecimalConversion(), new Conversions.UUIDConversion(),
        new TimeConversions.DateConversion(), new TimeConversions.TimeMillisConversion(),
        new TimeConversions.TimeMicrosConversion(), new TimeConversions.TimestampMillisConversion(),
        new TimeConversions.TimestampMicrosConversion(), new TimeConversions.LocalTimestampMillisConversion(),
        new TimeConversions.LocalTimestampMicrosConversion())) {
      data.addLogicalTypeConversion(conversion);
    }
    return data;
  }

  Anything record(Schema schema, int depth) {
    var values = new ArrayList<@Nullable Object>();
    schema.getFields().forEach(field -> values.add(value(field.schema(), depth)));
    return new Anything(schema.getFields().stream().map(Schema.Field::name).toList(), values);
  }

  private @Nullable Object value(Schema schema, int depth) {
    if (schema.getLogicalType() != null)
      return logical(schema);
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> random.nextBoolean();
      case INT -> (int) number();
      case LONG -> number();
      case FLOAT -> Float.intBitsToFloat(random.nextInt());
      case DOUBLE -> random.nextGaussian();
      case STRING -> text();
      case BYTES -> bytes(random.nextInt(9));
      case FIXED -> bytes(schema.getFixedSize());
      case ENUM -> List.of(Anything.Constant.values()).get(random.nextInt(schema.getEnumSymbols().size()));
      case RECORD -> record(schema, depth - 1);
      case ARRAY -> {
        var items = new ArrayList<@Nullable Object>();
        for (int i = size(depth); i > 0; i--) {
          items.add(value(schema.getElementType(), depth - 1));
        }
        yield items;
      }
      case MAP -> {
        var entries = new LinkedHashMap<String, @Nullable Object>();
        for (int i = size(depth); i > 0; i--) {
          entries.put(text(), value(schema.getValueType(), depth - 1));
        }
        yield entries;
      }
      case UNION -> {
        var branches = depth <= 0 && schema.isNullable()
            ? List.of(Schema.create(Schema.Type.NULL))
            : schema.getTypes();
        yield value(branches.get(random.nextInt(branches.size())), depth - 1);
      }
    };
  }

  private int size(int depth) {
    return depth <= 0 ? 0 : random.nextInt(4);
  }

  private long number() {
    return random.nextLong() >> random.nextInt(64);
  }

  private String text() {
    return random.ints(random.nextInt(20), 0, random.nextBoolean() ? 128 : 0x11000)
        .filter(unit -> unit < 0xD800 || unit > 0xDFFF)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private ByteBuffer bytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  private Object logical(Schema schema) {
    var at = Instant.EPOCH.plus(random.nextLong() / 1_000_000, ChronoUnit.MICROS);
    var millis = at.truncatedTo(ChronoUnit.MILLIS);
    return switch (schema.getLogicalType().getName()) {
      case "date" -> LocalDate.ofEpochDay(random.nextInt(1_000_000) - 500_000L);
      case "time-millis" -> LocalTime.ofInstant(millis, ZoneOffset.UTC);
      case "time-micros" -> LocalTime.ofInstant(at, ZoneOffset.UTC);
      case "timestamp-millis" -> millis;
      case "timestamp-micros" -> at;
      case "local-timestamp-millis" -> LocalDateTime.ofInstant(millis, ZoneOffset.UTC);
      case "local-timestamp-micros" -> LocalDateTime.ofInstant(at, ZoneOffset.UTC);
      case "uuid" -> new UUID(random.nextLong(), random.nextLong());
      default -> new BigDecimal(
          new BigInteger(1 + random.nextInt(66), random).mod(BigInteger.TEN.pow(
              ((LogicalTypes.Decimal) schema.getLogicalType()).getPrecision())),
          ScalarReads.scale(schema))
          .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1));
    };
  }

  /** One of our values as Avro's generic writer takes it. */
  static @Nullable Object toAvro(Schema schema, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Anything record -> {
        var branch = branch(schema, Schema.Type.RECORD);
        var generic = new GenericData.Record(branch);
        branch.getFields()
            .forEach(
                field -> generic.put(field.pos(), toAvro(field.schema(), record.values().get(field.pos()))));
        yield generic;
      }
      case Anything.Constant constant -> {
        var branch = branch(schema, Schema.Type.ENUM);
        yield new GenericData.EnumSymbol(branch,
            branch.getEnumSymbols().get(List.of(Anything.Constant.values()).indexOf(constant)));
      }
      case List<?> items -> {
        var element = branch(schema, Schema.Type.ARRAY).getElementType();
        var converted = new ArrayList<@Nullable Object>();
        items.forEach(item -> converted.add(toAvro(element, item)));
        yield converted;
      }
      case Map<?, ?> entries -> {
        var element = branch(schema, Schema.Type.MAP).getValueType();
        var converted = new LinkedHashMap<Object, @Nullable Object>();
        entries.forEach((key, entry) -> converted.put(key, toAvro(element, entry)));
        yield converted;
      }
      case ByteBuffer bytes when RecordSource.nonNull(schema).getType() == Schema.Type.FIXED -> {
        var content = new byte[bytes.remaining()];
        bytes.duplicate().get(content);
        yield new GenericData.Fixed(RecordSource.nonNull(schema), content);
      }
      default -> value;
    };
  }

  private static Schema branch(Schema schema, Schema.Type type) {
    if (schema.getType() != Schema.Type.UNION)
      return schema;
    return schema.getTypes().stream().filter(branch -> branch.getType() == type).findFirst().orElseThrow();
  }

  /** A value of ours or of Avro's in one form; an enum of ours needs its symbols. */
  static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case IndexedRecord record -> {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        record.getSchema().getFields()
            .forEach(field -> fields.put(field.name(), plain(record.get(field.pos()))));
        yield fields;
      }
      case List<?> items -> {
        var converted = new ArrayList<@Nullable Object>();
        items.forEach(item -> converted.add(plain(item)));
        yield converted;
      }
      case Map<?, ?> entries -> {
        var converted = new LinkedHashMap<String, @Nullable Object>();
        entries.forEach((key, entry) -> converted.put(String.valueOf(key), plain(entry)));
        yield converted;
      }
      case GenericFixed fixed -> HexFormat.of().formatHex(fixed.bytes());
      case ByteBuffer bytes -> {
        var content = new byte[bytes.remaining()];
        bytes.duplicate().get(content);
        yield HexFormat.of().formatHex(content);
      }
      case CharSequence text -> text.toString();
      case GenericData.EnumSymbol symbol -> symbol.toString();
      default -> value;
    };
  }
}
