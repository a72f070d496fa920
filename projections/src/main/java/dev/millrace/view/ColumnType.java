package dev.millrace.view;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What a column holds: its type in the database, the type its values are sent as in arrays, and how a value is read and
 * parsed. A value here is what stands in the database: String, Long, Integer, Boolean, Double, BigDecimal, Instant,
 * LocalDate, and JSON as its text.
 */
enum ColumnType {
  // Bytewise order, so that order, comparison and prefix are the same on every database and can use the index.
  TEXT("text COLLATE \"C\"", "text", "", "a text"),
  BIGINT("bigint", "int8", "", "a whole number such as 42"),
  INTEGER("integer", "int4", "", "a whole number such as 42"),
  BOOLEAN("boolean", "bool", "", "true or false"),
  DOUBLE("double precision", "float8", "", "a number such as 4.2"),
  NUMERIC("numeric", "text", "::numeric", "a number such as 4.20"),
  TIMESTAMP("timestamptz", "text", "::timestamptz", "a time such as 2011-12-09T12:50:00Z"),
  DATE("date", "text", "::date", "a date such as 2011-12-09"),
  JSON("jsonb", "text", "::jsonb", "JSON");

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private final String sql;
  private final String element;
  private final String cast;
  private final String words;

  ColumnType(String sql, String element, String cast, String words) {
    this.sql = sql;
    this.element = element;
    this.cast = cast;
    this.words = words;
  }

  /** The type in the table. */
  String sql() {
    return sql;
  }

  /** The type of the elements of an array of values. */
  String element() {
    return element;
  }

  /** What makes an element a value of the column, to write behind it. */
  String cast() {
    return cast;
  }

  /** What a value looks like, for messages. */
  String words() {
    return words;
  }

  boolean comparable() {
    return this != JSON;
  }

  /** Whether equal values are equal in Java and in the database alike, as a key's must be. */
  boolean canBeKey() {
    return this != JSON && this != NUMERIC && this != DOUBLE;
  }

  /** The value as an element of an array. */
  Object bind(Object value) {
    return switch (this) {
      case TEXT, BIGINT, INTEGER, BOOLEAN, DOUBLE, JSON -> value;
      case NUMERIC -> ((BigDecimal) value).toPlainString();
      case TIMESTAMP, DATE -> value.toString();
    };
  }

  /** Binds the value alone. */
  void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    switch (this) {
      case TEXT, JSON -> statement.setString(index, (String) value);
      case BIGINT -> statement.setLong(index, (Long) value);
      case INTEGER -> statement.setInt(index, (Integer) value);
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      case DOUBLE -> statement.setDouble(index, (Double) value);
      case NUMERIC -> statement.setBigDecimal(index, (BigDecimal) value);
      case TIMESTAMP -> statement.setObject(index, OffsetDateTime.ofInstant((Instant) value, ZoneOffset.UTC));
      case DATE -> statement.setObject(index, value);
    }
  }

  @Nullable
  Object read(ResultSet row, int index) throws SQLException {
    return switch (this) {
      case TEXT, JSON -> row.getString(index);
      case BIGINT -> orNull(row, row.getLong(index));
      case INTEGER -> orNull(row, row.getInt(index));
      case BOOLEAN -> orNull(row, row.getBoolean(index));
      case DOUBLE -> orNull(row, row.getDouble(index));
      case NUMERIC -> row.getBigDecimal(index);
      case TIMESTAMP -> {
        var time = row.getObject(index, OffsetDateTime.class);
        yield time == null ? null : time.toInstant();
      }
      case DATE -> row.getObject(index, LocalDate.class);
    };
  }

  private static @Nullable Object orNull(ResultSet row, Object value) throws SQLException {
    return row.wasNull() ? null : value;
  }

  /** The value that a text says. @throws IllegalArgumentException where it says none */
  Object parse(String text) {
    try {
      return switch (this) {
        case TEXT, JSON -> text;
        case BIGINT -> Long.valueOf(text);
        case INTEGER -> Integer.valueOf(text);
        case BOOLEAN -> switch (text) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new IllegalArgumentException(text);
        };
        case DOUBLE -> Double.valueOf(text);
        case NUMERIC -> new BigDecimal(text);
        case TIMESTAMP -> OffsetDateTime.parse(text).toInstant();
        case DATE -> LocalDate.parse(text);
      };
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Why the database cannot hold this value; null where it can. */
  @Nullable
  String refuses(Object value) {
    return switch (this) {
      case TEXT -> Text.refused((String) value);
      case JSON -> Text.refusedInJson((String) value);
      case TIMESTAMP -> outside((Instant) value, EARLIEST, LATEST);
      case DATE -> outsideYears((LocalDate) value);
      case NUMERIC -> tooLong((BigDecimal) value);
      case BIGINT, INTEGER, BOOLEAN, DOUBLE -> null;
    };
  }

  private static @Nullable String outside(Instant value, Instant from, Instant to) {
    return value.isBefore(from) || value.isAfter(to) ? "is not within the years 1 to 9999" : null;
  }

  private static @Nullable String outsideYears(LocalDate value) {
    return value.getYear() < 1 || value.getYear() > 9999 ? "is not within the years 1 to 9999" : null;
  }

  private static @Nullable String tooLong(BigDecimal value) {
    boolean fits = value.scale() <= 16_383 && (long) value.precision() - value.scale() <= 131_072;
    return fits ? null : "has more digits than a numeric holds";
  }
}
