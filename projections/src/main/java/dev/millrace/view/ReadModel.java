package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DEFINITION_CHANGED;
import static dev.millrace.view.ViewException.Code.INVALID_KEY;

import dev.millrace.log.EventLog;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions of a view: one row by its key, or pages of rows. Reads the live generation, whichever that is at the
 * time. Safe for use by many threads; each call takes a connection and gives it back.
 *
 * <p>Every method throws {@link ViewException}: UNKNOWN_VIEW where the view was never built, DEFINITION_CHANGED where the
 * live generation has other columns than the projection, DATABASE_UNREACHABLE where the database does not answer.
 */
public final class ReadModel<R extends Record> {
  private static final int MOST_SECONDS = 30;
  /** A promotion changed the types of columns under a prepared statement; prepared anew it works. */
  private static final String STALE_PLAN = "0A000";

  private final Projection<R> projection;
  private final DataSource database;
  private final String relation;
  private final String columns;
  private final FreshAnswer fresh;

  /** @param relation what it reads, quoted */
  ReadModel(Projection<R> projection, DataSource database, String relation) {
    this(projection, database, relation, Optional.empty());
  }

  private ReadModel(Projection<R> projection, DataSource database, String relation, Optional<EventLog> log) {
    this.projection = projection;
    this.relation = relation;
    this.database = database;
    this.fresh = new FreshAnswer(projection, new LiveCheckpoint(projection, database), log);
    this.columns = projection.mapping().columns().stream().map(Column::quoted)
        .collect(Collectors.joining(", "));
  }

  /** The read model of a projection's view; asks nobody yet. */
  public static <R extends Record> ReadModel<R> of(Projection<R> projection, DataSource database) {
    return new ReadModel<>(projection, database, projection.sqlName(), Optional.empty());
  }

  /**
   * The read model of a projection's view, which can look things up in the log: an event that was on its way when its token
   * was given, and a partition that the log has no more. Neither is closed here.
   */
  public static <R extends Record> ReadModel<R> of(Projection<R> projection, DataSource database,
      EventLog log) {
    return new ReadModel<>(projection, database, projection.sqlName(), Optional.of(log));
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
    try {
      return row(projection.mapping().keyOf(key)).map(projection.mapping()::row);
    } catch (IllegalArgumentException e) {
      throw new ViewException(INVALID_KEY, projection.name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The row of a key, at least as fresh as a write: {@code readModel.get("United Kingdom", atLeast(receipt))}. Waits for the
   * view to come that far, at most as long as is said there, and holds no connection while it waits.
   *
   * <p>The write may be to a stream that a stream app reads to make those that the view reads: what is waited for is then the
   * first event of these that it has caused. This read model has to have the log for that.
   *
   * @throws ViewException TIMED_OUT, naming how far the view is; INVALID_TOKEN where it does not read the stream, and nothing it
   *     reads can be made of it; INVALID_KEY
   */
  public Optional<R> get(Object key, AtLeast atLeast) {
    return fresh.answer(atLeast, () -> get(key));
  }

  /**
   * A page of rows.
   *
   * @throws ViewException INVALID_QUERY or INVALID_CURSOR, naming what is allowed
   */
  public Page<R> query(Query query) {
    return page(query, projection.mapping()::row);
  }

  /** Like {@link #query(Query)}, at least as fresh as a write, as {@link #get(Object, AtLeast)} is. */
  public Page<R> query(Query query, AtLeast atLeast) {
    return fresh.answer(atLeast, () -> query(query));
  }

  /**
   * The row of a key as names and plain values: texts, numbers, booleans, nulls, lists and maps; dates and times as ISO
   * 8601 texts.
   *
   * @param key the texts of the key's parts, in their order
   * @throws ViewException INVALID_KEY where they are none of this view
   */
  public Optional<Map<String, @Nullable Object>> getPlain(List<String> key) {
    return row(parsed(key)).map(projection.mapping()::plain);
  }

  /** Like {@link #getPlain(List)}, at least as fresh as a write, as {@link #get(Object, AtLeast)} is. */
  public Optional<Map<String, @Nullable Object>> getPlain(List<String> key, AtLeast atLeast) {
    return fresh.answer(atLeast, () -> getPlain(key));
  }

  /** Like {@link #query(Query)}, the rows as names and plain values. */
  public Page<Map<String, @Nullable Object>> queryPlain(Query query) {
    return page(query, projection.mapping()::plain);
  }

  /** Like {@link #queryPlain(Query)}, at least as fresh as a write, as {@link #get(Object, AtLeast)} is. */
  public Page<Map<String, @Nullable Object>> queryPlain(Query query, AtLeast atLeast) {
    return fresh.answer(atLeast, () -> queryPlain(query));
  }

  private RowKey parsed(List<String> texts) {
    var keys = projection.mapping().keys();
    if (texts.size() != keys.size()) {
      throw new ViewException(INVALID_KEY, projection.name() + " has the key "
          + String.join(", ", projection.keyColumns()) + ", not " + texts.size() + " parts");
    }
    var values = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      var type = keys.get(i).type();
      var text = texts.get(i);
      try {
        var value = type.parse(text);
        var refused = type.refuses(value);
        if (refused != null)
          throw new IllegalArgumentException(refused);
        values.add(value);
      } catch (IllegalArgumentException e) {
        throw new ViewException(INVALID_KEY,
            "'" + text + "' is no " + keys.get(i).field() + " of " + projection.name()
                + ", which is " + type.words(),
            e);
      }
    }
    return new RowKey(values);
  }

  private Optional<@Nullable Object[]> row(RowKey key) {
    var keys = projection.mapping().keys();
    var sql = "SELECT " + columns + " FROM " + relation + " WHERE "
        + keys.stream().map(column -> column.quoted() + " = ?").collect(Collectors.joining(" AND "));
    return rows(sql, statement -> {
      for (int i = 0; i < keys.size(); i++)
        keys.get(i).type().bind(statement, i + 1, key.values().get(i));
    }).stream().findFirst();
  }

  private <T> Page<T> page(Query query, Function<@Nullable Object[], T> make) {
    var selection = new Selection(projection, query);
    // One row more than asked for tells whether there is another page.
    var rows = rows(selection.sql(columns, relation),
        statement -> selection.bind(statement, query.limit() + 1));
    if (rows.size() <= query.limit())
      return new Page<>(rows.stream().map(make).toList(), Optional.empty());
    var shown = rows.subList(0, query.limit());
    return new Page<>(shown.stream().map(make).toList(), Optional.of(selection.cursor(shown.getLast())));
  }

  /** Binds a statement's values. */
  @FunctionalInterface
  private interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private List<@Nullable Object[]> rows(String sql, Binding binding) {
    try {
      return read(sql, binding);
    } catch (SQLException e) {
      if (!STALE_PLAN.equals(e.getSQLState()))
        throw failure(e);
    }
    try {
      return read(sql, binding);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private List<@Nullable Object[]> read(String sql, Binding binding) throws SQLException {
    var types = projection.mapping().columns();
    try (var connection = database.getConnection(); var statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(MOST_SECONDS);
      binding.bind(statement);
      var rows = new ArrayList<@Nullable Object[]>();
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          var row = new Object[types.size()];
          for (int i = 0; i < row.length; i++)
            row[i] = types.get(i).type().read(result, i + 1);
          rows.add(row);
        }
      }
      return rows;
    }
  }

  private ViewException failure(SQLException e) {
    return switch (String.valueOf(e.getSQLState())) {
      case "42P01", "3F000" -> LiveCheckpoint.unknownView(projection, e);
      case "42703" -> new ViewException(DEFINITION_CHANGED, "the live generation of " + projection.name()
          + " has other columns than its projection: rebuild the view", e);
      default -> SqlFailure.exception("asking " + projection.name(), e);
    };
  }
}
