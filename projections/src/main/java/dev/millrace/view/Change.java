package dev.millrace.view;

import java.util.function.UnaryOperator;

/** What one event does to one row, whose key is as the projection's function gave it. */
sealed interface Change<R extends Record> {
  Object key();

  /** Makes a row of the one before, or of a fresh one where there is none. */
  record Fold<R extends Record>(Object key, UnaryOperator<R> step) implements Change<R> {}

  /** Takes the row away, where there is one. */
  record Remove<R extends Record>(Object key) implements Change<R> {}
}
