package dev.millrace.view;

import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One component of a row and its column.
 *
 * @param field the component's name, by which queries and JSON call it
 * @param name the column's name
 * @param nullable whether the column may be null: the component is an Optional or marked Nullable
 * @param optional whether the component is an Optional
 * @param key whether it is a part of the key
 * @param primitive whether the component is a number or truth value that is never null, all of which the database holds
 * @param get reads the component
 * @param toSql the component's value as the database holds it
 * @param fromSql the other way
 */
record Column(String field, String name, ColumnType type, boolean nullable, boolean optional, boolean key,
    boolean primitive, MethodHandle get, Function<Object, Object> toSql, Function<Object, Object> fromSql) {

  String quoted() {
    return Identifier.quote(name);
  }

  String ddl() {
    return quoted() + " " + type.sql() + (nullable ? "" : " NOT NULL");
  }

  String definition() {
    return name + " " + type + (nullable ? " null" : "") + (key ? " key" : "");
  }

  /** What the database holds for a component's value. */
  @Nullable
  Object stored(@Nullable Object component) {
    var value = optional && component != null
        ? ((Optional<?>) component).orElse(null)
        : component;
    return value == null ? null : toSql.apply(value);
  }

  /** Whether the database holds less than the component has, as a time's nanoseconds. */
  boolean narrows(@Nullable Object component, @Nullable Object stored) {
    return (type == ColumnType.TIMESTAMP || type == ColumnType.NUMERIC) && stored != null
        && !stored.equals(component instanceof Optional<?> maybe ? maybe.orElse(null) : component);
  }

  /** @throws IllegalArgumentException where the value is none of the component's, such as no constant of its enum */
  void check(Object stored) {
    Objects.requireNonNull(fromSql.apply(stored));
  }

  /** The component's value for what the database holds. */
  @Nullable
  Object component(@Nullable Object stored) {
    var value = stored == null ? null : fromSql.apply(stored);
    return optional ? Optional.ofNullable(value) : value;
  }
}
