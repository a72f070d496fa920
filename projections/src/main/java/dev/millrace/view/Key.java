package dev.millrace.view;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a row that is its key, or a part of it where several are marked. A key is a text, an enum, a
 * {@code long}, an {@code int}, a {@code boolean}, a {@link java.time.LocalDate} or an {@link java.time.Instant}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {}
