package dev.millrace.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Nested values as JSON: records, lists and maps of the types that columns may have. */
final class Json {
  private static final Set<Class<?>> SCALARS = Set.of(String.class, long.class, Long.class, int.class,
      Integer.class,
      boolean.class, Boolean.class, double.class, Double.class, BigDecimal.class, Instant.class,
      LocalDate.class);
  private static final ObjectMapper MAPPER = JsonMapper.builder().addModule(new JavaTimeModule())
      .addModule(new Jdk8Module())
      .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private Json() {}

  /** Whether values of this type can be columns as JSON. */
  static boolean holds(Type type) {
    return switch (type) {
      case ParameterizedType nested when nested.getRawType() == List.class ->
        element(nested.getActualTypeArguments()[0]);
      case ParameterizedType nested when nested.getRawType() == Map.class ->
        nested.getActualTypeArguments()[0] == String.class && element(nested.getActualTypeArguments()[1]);
      case Class<?> record when record.isRecord() ->
        Arrays.stream(record.getRecordComponents()).allMatch(part -> element(part.getGenericType()));
      default -> false;
    };
  }

  private static boolean element(Type type) {
    return switch (type) {
      case ParameterizedType maybe when maybe.getRawType() == Optional.class ->
        element(maybe.getActualTypeArguments()[0]);
      case Class<?> scalar when SCALARS.contains(scalar) || scalar.isEnum() -> true;
      default -> holds(type);
    };
  }

  static JavaType type(Type type) {
    return MAPPER.constructType(type);
  }

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getOriginalMessage(), e);
    }
  }

  static Object read(String json, JavaType type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "cannot be read as " + type.toCanonical() + ": " + e.getOriginalMessage(), e);
    }
  }

  /** JSON as maps, lists, texts, numbers and booleans. */
  static Object readPlain(String json) {
    return read(json, MAPPER.constructType(Object.class));
  }
}
