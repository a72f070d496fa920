package dev.millrace.view;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A parameter of many values. */
final class SqlArray {
  private SqlArray() {}

  static <T> void set(PreparedStatement statement, int index, String type, Collection<T> from,
      Function<T, @Nullable Object> value) throws SQLException {
    var values = from.stream().map(value).toArray();
    statement.setArray(index, statement.getConnection().createArrayOf(type, values));
  }
}
