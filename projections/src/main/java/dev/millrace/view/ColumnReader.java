package dev.millrace.view;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a record's component as a column. */
final class ColumnReader {
  private static final String ALLOWED = "String, an enum, long, int, boolean, double, BigDecimal, Instant, LocalDate, "
      + "an Optional of these, or a record, List or Map<String, …> of these";

  private ColumnReader() {}

  private record Conversion(ColumnType type, Function<Object, Object> toSql,
      Function<Object, Object> fromSql) {}

  /** The column, or null and what is wrong with it. */
  static @Nullable Column read(Class<?> record, RecordComponent component, List<String> problems) {
    var where = record.getSimpleName() + "." + component.getName();
    boolean optional = component.getType() == Optional.class;
    Type type = optional
        ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
        : component.getGenericType();
    boolean nullable = optional || markedNullable(component);
    boolean key = component.isAnnotationPresent(Key.class);
    var name = Identifier.snakeCase(component.getName());
    var conversion = conversion(type);
    int before = problems.size();
    if (conversion == null)
      problems.add(where + " is a " + type.getTypeName() + "; allowed are " + ALLOWED);
    if (!Identifier.valid(name))
      problems.add(where + " becomes the column '" + name + "', which is not "
          + Identifier.WHAT);
    if (key && nullable)
      problems.add(where + " is a key and may be null; a key is never null");
    if (key && conversion != null && !conversion.type.canBeKey()) {
      problems.add(where + " is a " + type.getTypeName()
          + "; a key is a String, an enum, long, int, boolean, Instant or LocalDate");
    }
    if (conversion == null || problems.size() > before)
      return null;
    return new Column(component.getName(), name, conversion.type, nullable, optional, key,
        component.getType().isPrimitive(), RecordMaker.accessor(component), conversion.toSql,
        conversion.fromSql);
  }

  private static boolean markedNullable(RecordComponent component) {
    return named(component, "Nullable") || named(component.getAnnotatedType(), "Nullable");
  }

  private static boolean named(AnnotatedElement element, String name) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals(name));
  }

  private static @Nullable Conversion conversion(Type type) {
    if (type instanceof Class<?> scalar) {
      if (scalar == String.class)
        return as(ColumnType.TEXT, String.class);
      if (scalar == long.class || scalar == Long.class)
        return as(ColumnType.BIGINT, Long.class);
      if (scalar == int.class || scalar == Integer.class)
        return as(ColumnType.INTEGER, Integer.class);
      if (scalar == boolean.class || scalar == Boolean.class)
        return as(ColumnType.BOOLEAN, Boolean.class);
      if (scalar == double.class || scalar == Double.class)
        return as(ColumnType.DOUBLE, Double.class);
      if (scalar == BigDecimal.class)
        return numeric();
      if (scalar == Instant.class)
        return timestamp();
      if (scalar == LocalDate.class)
        return as(ColumnType.DATE, LocalDate.class);
      if (scalar.isEnum())
        return constants(scalar);
    }
    return Json.holds(type) ? json(type) : null;
  }

  private static Conversion as(ColumnType type, Class<?> value) {
    return new Conversion(type, value::cast, value::cast);
  }

  private static Conversion numeric() {
    return new Conversion(ColumnType.NUMERIC, value -> {
      var number = (BigDecimal) value;
      return number.scale() < 0 && number.scale() > -131_072 ? number.setScale(0) : number;
    }, value -> value);
  }

  private static Conversion timestamp() {
    return new Conversion(ColumnType.TIMESTAMP, value -> ((Instant) value).truncatedTo(ChronoUnit.MICROS),
        value -> value);
  }

  private static Conversion constants(Class<?> type) {
    return new Conversion(ColumnType.TEXT, value -> ((Enum<?>) type.cast(value)).name(), value -> Arrays
        .stream(type.getEnumConstants()).filter(constant -> ((Enum<?>) constant).name().equals(value))
        .findFirst()
        .map(Object.class::cast)
        .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no constant " + value)));
  }

  private static Conversion json(Type type) {
    var javaType = Json.type(type);
    return new Conversion(ColumnType.JSON, Json::write, value -> Json.read((String) value, javaType));
  }
}
