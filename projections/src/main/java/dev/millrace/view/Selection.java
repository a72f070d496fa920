package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INVALID_CURSOR;
import static dev.millrace.view.ViewException.Code.INVALID_QUERY;

import dev.millrace.view.Query.Direction;
import dev.millrace.view.Query.Operator;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A query as SQL: names come from the mapping alone, and every value is bound. Pages go on by the values of the last row and
 * not by a count, so that they cost the same however far they are, and miss nothing that stays where it is.
 */
final class Selection {
  private record Order(Column column, Direction direction) {}

  private record Bound(ColumnType type, Object value) {}

  private final Mapping<?> mapping;
  private final List<Order> orders = new ArrayList<>();
  private final List<String> conditions = new ArrayList<>();
  private final List<Bound> values = new ArrayList<>();
  private final List<String> identity = new ArrayList<>();

  /** @throws ViewException INVALID_QUERY or INVALID_CURSOR, naming what is allowed */
  Selection(Projection<?> projection, Query query) {
    this.mapping = projection.mapping();
    identity.add(projection.name());
    query.filters().forEach(this::filter);
    order(query.sorts());
    query.after().ifPresent(cursor -> after(PageCursor.read(identity, cursor)));
  }

  /** @param columns what to select, as SQL */
  String sql(String columns, String from) {
    var where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    return "SELECT " + columns + " FROM " + from + where + " ORDER BY " + orders.stream()
        .map(order -> order.column.quoted() + " " + order.direction + " NULLS LAST")
        .collect(Collectors.joining(", "))
        + " LIMIT ?";
  }

  /** @param limit how many rows at most */
  void bind(PreparedStatement statement, int limit) throws SQLException {
    int index = 1;
    for (var bound : values)
      bound.type.bind(statement, index++, bound.value);
    statement.setInt(index, limit);
  }

  /** The cursor of the page that follows this row. */
  String cursor(@Nullable Object[] row) {
    var last = new ArrayList<@Nullable String>();
    for (var order : orders) {
      var value = row[mapping.columns().indexOf(order.column)];
      last.add(value == null ? null : order.column.type().bind(value).toString());
    }
    return PageCursor.write(identity, last);
  }

  private void filter(Query.Filter filter) {
    var column = column(filter.column(), "filter by");
    if (filter.operator() == Operator.PREFIX && column.type() != ColumnType.TEXT) {
      throw invalid(column.field() + " is no text: prefix is for texts only");
    }
    var value = value(column, filter);
    conditions.add(filter.operator() == Operator.PREFIX
        ? "starts_with(" + column.quoted() + ", ?)"
        : column.quoted() + " " + filter.operator().sql() + " ?");
    values.add(new Bound(column.type(), value));
    identity.add(column.field() + " " + filter.operator() + " " + column.type().bind(value));
  }

  private static Object value(Column column, Query.Filter filter) {
    var text = filter.value() instanceof Enum<?> constant ? constant.name() : filter.value().toString();
    try {
      var value = column.type().parse(text);
      var refused = column.type().refuses(value);
      if (refused != null)
        throw invalid("the value of " + column.field() + " " + refused);
      if (filter.operator() != Operator.PREFIX)
        column.check(value);
      return value;
    } catch (IllegalArgumentException e) {
      throw new ViewException(INVALID_QUERY, "'" + text + "' is no value of " + column.field() + ", which is "
          + column.type().words(), e);
    }
  }

  private void order(List<Query.Sort> sorts) {
    var sorted = new HashSet<String>();
    for (var sort : sorts) {
      var column = column(sort.column(), "sort by");
      if (!sorted.add(column.name()))
        throw invalid("sorted by " + column.field() + " twice");
      orders.add(new Order(column, sort.direction()));
    }
    for (var key : mapping.keys()) {
      if (sorted.add(key.name()))
        orders.add(new Order(key, Direction.ASC));
    }
    orders.forEach(order -> identity.add(order.column.field() + " " + order.direction));
  }

  /** Behind the last row: behind it in the first column, or level in the first and behind it in the second, and so on. */
  private void after(List<@Nullable String> last) {
    if (last.size() != orders.size())
      throw new ViewException(INVALID_CURSOR, "the page cursor is another query's");
    var alternatives = new ArrayList<String>();
    for (int i = 0; i < orders.size(); i++) {
      var behind = behind(orders.get(i), last.get(i));
      if (behind == null)
        continue;
      var level = new ArrayList<String>();
      for (int j = 0; j < i; j++)
        level.add(level(orders.get(j).column, last.get(j)));
      level.add(behind);
      alternatives.add("(" + String.join(" AND ", level) + ")");
      for (int j = 0; j < i; j++)
        bindLast(orders.get(j).column, last.get(j));
      bindLast(orders.get(i).column, last.get(i));
    }
    conditions.add(alternatives.isEmpty() ? "false" : "(" + String.join(" OR ", alternatives) + ")");
  }

  /** Nothing comes behind a null, as nulls are last. */
  private static @Nullable String behind(Order order, @Nullable String last) {
    if (last == null)
      return null;
    var behind = order.column.quoted() + (order.direction == Direction.ASC ? " > ?" : " < ?");
    return order.column.nullable() ? "(" + behind + " OR " + order.column.quoted() + " IS NULL)" : behind;
  }

  private static String level(Column column, @Nullable String last) {
    return column.quoted() + (last == null ? " IS NULL" : " = ?");
  }

  private void bindLast(Column column, @Nullable String last) {
    if (last == null)
      return;
    try {
      values.add(new Bound(column.type(), column.type().parse(last)));
    } catch (IllegalArgumentException e) {
      throw new ViewException(INVALID_CURSOR, "the page cursor is damaged", e);
    }
  }

  private Column column(String field, String doing) {
    return mapping.columns().stream()
        .filter(column -> column.field().equals(field) && column.type().comparable())
        .findFirst()
        .orElseThrow(() -> invalid("there is no column '" + field + "' to " + doing + "; there are "
            + mapping.columns().stream().filter(column -> column.type().comparable()).map(Column::field)
                .collect(Collectors.joining(", "))));
  }

  private static ViewException invalid(String message) {
    return new ViewException(INVALID_QUERY, message);
  }
}
