package dev.millrace.schema;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/** The logical types that are a number on the wire and a date or a time in Java. */
enum LogicalValue {
  DATE("date", LocalDate.class, 0) {
    @Override
    Object fromRaw(long raw) {
      return LocalDate.ofEpochDay(raw);
    }

    @Override
    long toRaw(Object value) {
      return exactInt(((LocalDate) value).toEpochDay());
    }
  },
  TIME_MILLIS("time-millis", LocalTime.class, 1_000_000), TIME_MICROS("time-micros", LocalTime.class, 1_000),
  TIMESTAMP_MILLIS("timestamp-millis", Instant.class, 1_000_000),
  TIMESTAMP_MICROS("timestamp-micros", Instant.class, 1_000),
  TIMESTAMP_NANOS("timestamp-nanos", Instant.class, 1),
  LOCAL_TIMESTAMP_MILLIS("local-timestamp-millis", LocalDateTime.class, 1_000_000),
  LOCAL_TIMESTAMP_MICROS("local-timestamp-micros", LocalDateTime.class, 1_000),
  LOCAL_TIMESTAMP_NANOS("local-timestamp-nanos", LocalDateTime.class, 1);

  private static final Map<String, LogicalValue> BY_NAME = Arrays.stream(values())
      .collect(Collectors.toUnmodifiableMap(value -> value.avroName, value -> value));

  private final String avroName;
  private final Class<?> javaType;
  private final int unitNanos;
  private final long perSecond;

  LogicalValue(String avroName, Class<?> javaType, int unitNanos) {
    this.avroName = avroName;
    this.javaType = javaType;
    this.unitNanos = unitNanos;
    this.perSecond = unitNanos == 0 ? 0 : 1_000_000_000L / unitNanos;
  }

  static Optional<LogicalValue> of(Schema schema) {
    var logical = schema.getLogicalType();
    return logical == null ? Optional.empty() : Optional.ofNullable(BY_NAME.get(logical.getName()));
  }

  String avroName() {
    return avroName;
  }

  Class<?> javaType() {
    return javaType;
  }

  /** How many nanoseconds the unit of a time has. */
  int unitNanos() {
    return unitNanos;
  }

  /** The value of a number; a failure where the number is none, such as an hour past the day's end. */
  Object read(long raw) {
    try {
      return fromRaw(raw);
    } catch (DateTimeException e) {
      throw PathException.malformed(raw + " is no " + avroName);
    }
  }

  /** The number of a value; a failure where the value is finer than the unit, or too far away for it. */
  long write(Object value) {
    if (!javaType.isInstance(value)) {
      throw PathException
          .misfit("is " + value.getClass().getName() + ", but " + avroName + " is " + javaType.getName());
    }
    try {
      return toRaw(value);
    } catch (ArithmeticException e) {
      throw PathException.misfit(value + " is too far away for " + avroName);
    }
  }

  /** A value of this Java type, without what its unit does not show. */
  Object truncated(Object value) {
    var coarse = unitNanos == 1_000_000 ? ChronoUnit.MILLIS : ChronoUnit.MICROS;
    return switch (value) {
      case Instant time -> time.truncatedTo(coarse);
      case LocalDateTime time -> time.truncatedTo(coarse);
      case LocalTime time -> time.truncatedTo(coarse);
      default -> value;
    };
  }

  Object fromRaw(long raw) {
    if (javaType == LocalTime.class) {
      return LocalTime.ofNanoOfDay(exactTimes(raw));
    }
    long second = Math.floorDiv(raw, perSecond);
    int nano = (int) (raw - second * perSecond) * unitNanos;
    return javaType == Instant.class
        ? Instant.ofEpochSecond(second, nano)
        : LocalDateTime.ofEpochSecond(second, nano, ZoneOffset.UTC);
  }

  private long exactTimes(long raw) {
    if (raw < 0 || raw > Long.MAX_VALUE / unitNanos) {
      throw new DateTimeException("no time of day");
    }
    return raw * unitNanos;
  }

  long toRaw(Object value) {
    if (value instanceof LocalTime time) {
      return exactUnits(time, time.toNanoOfDay());
    }
    long second = value instanceof Instant instant
        ? instant.getEpochSecond()
        : ((LocalDateTime) value).toEpochSecond(ZoneOffset.UTC);
    long fraction = exactUnits(value, ((Temporal) value).get(ChronoField.NANO_OF_SECOND));
    // A time before 1970 near the far end: its second alone may not fit, while the sum with its fraction does.
    return second < 0 && fraction > 0
        ? Math.addExact(Math.multiplyExact(second + 1, perSecond), fraction - perSecond)
        : Math.addExact(Math.multiplyExact(second, perSecond), fraction);
  }

  private long exactUnits(Object value, long nanos) {
    if (nanos % unitNanos != 0) {
      throw PathException.misfit(value + " is finer than " + avroName + ": truncate it to its unit");
    }
    return nanos / unitNanos;
  }

  private static long exactInt(long value) {
    return Math.toIntExact(value);
  }
}
