package dev.millrace.view;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions of a view: one row by its key, or pages of rows. Reads the live generation, whichever that is at the
 * time. Safe for use by many threads; each call takes a connection and gives it back.
 *
 * <p>Every method throws {@link ViewException}: UNKNOWN_VIEW where the view was never built, DATABASE_UNREACHABLE where the
 * database does not answer.
 */
public final class ReadModel<R extends Record> {
  private final Projection<R> projection;

  @SuppressWarnings("UnusedVariable")
  private ReadModel(Projection<R> projection, DataSource database) {
    this.projection = projection;
  }

  public static <R extends Record> ReadModel<R> of(Projection<R> projection, DataSource database) {
    return new ReadModel<>(projection, database);
  }

  /** The view's projection. */
  public Projection<R> projection() {
    return projection;
  }

  /**
   * The row of a key.
   *
   * @param key the key's value; where the key has several parts, a record or a list of them in their order
   * @throws ViewException INVALID_KEY where it is none of this view
   */
  public Optional<R> get(Object key) {
    throw new UnsupportedOperationException();
  }

  /**
   * A page of rows.
   *
   * @throws ViewException INVALID_QUERY or INVALID_CURSOR, naming what is allowed
   */
  public Page<R> query(Query query) {
    throw new UnsupportedOperationException();
  }

  /**
   * The row of a key as names and plain values: texts, numbers, booleans, nulls, lists and maps; dates and times as ISO
   * 8601 texts.
   *
   * @param key the texts of the key's parts, in their order
   * @throws ViewException INVALID_KEY where they are none of this view
   */
  public Optional<Map<String, @Nullable Object>> getPlain(List<String> key) {
    throw new UnsupportedOperationException();
  }

  /** Like {@link #query}, the rows as names and plain values. */
  public Page<Map<String, @Nullable Object>> queryPlain(Query query) {
    throw new UnsupportedOperationException();
  }
}
