package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INVALID_QUERY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is asked of a read model: filters that all must hold, an order, a limit, and where to go on. Immutable. Columns are
 * called by the names of the row's components. Checked against the view when it is asked.
 *
 * {@snippet :
 * Query.all().where("orders", Operator.GE, 10).sortedBy("net", Direction.DESC).limit(20)
 * }
 *
 * @param limit the most rows of a page, 1 to {@value #MOST_ROWS}
 * @param after the {@link Page#next} of the page before
 */
public record Query(List<Filter> filters, List<Sort> sorts, int limit, Optional<String> after) {
  /** The most rows that a page has. */
  public static final int MOST_ROWS = 1_000;

  private static final int ROWS = 100;
  private static final Query ALL = new Query(List.of(), List.of(), ROWS, Optional.empty());

  /** How a column is compared with a value. Texts are compared bytewise. */
  public enum Operator {
    EQ("="), LT("<"), LE("<="), GT(">"), GE(">="), PREFIX("starts with");

    private final String sql;

    Operator(String sql) {
      this.sql = sql;
    }

    String sql() {
      return sql;
    }

    /**
     * The operator of this name, in small letters.
     *
     * @throws ViewException INVALID_QUERY, naming those there are
     */
    public static Operator of(String name) {
      return Arrays.stream(values()).filter(operator -> operator.toString().equals(name)).findFirst()
          .orElseThrow(
              () -> new ViewException(INVALID_QUERY, "there is no operator '" + name + "'; there are "
                  + Arrays.stream(values()).map(Operator::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A direction; nulls come last in both. */
  public enum Direction {
    ASC, DESC
  }

  /**
   * One condition.
   *
   * @param value a value of the column's type, or its text
   */
  public record Filter(String column, Operator operator, Object value) {}

  /** One column of the order. */
  public record Sort(String column, Direction direction) {}

  public Query {
    filters = List.copyOf(filters);
    sorts = List.copyOf(sorts);
    if (limit < 1 || limit > MOST_ROWS) {
      throw new ViewException(INVALID_QUERY, "the limit " + limit + " is not within 1 to " + MOST_ROWS);
    }
    if (filters.size() > 20)
      throw new ViewException(INVALID_QUERY, "more than 20 filters");
    if (sorts.size() > 5)
      throw new ViewException(INVALID_QUERY, "more than 5 columns to sort by");
  }

  /** All rows, in the order of their keys, a hundred to a page. */
  public static Query all() {
    return ALL;
  }

  /** Those of them for which this holds as well. A null is no value: no filter holds for it. */
  public Query where(String column, Operator operator, Object value) {
    var more = new ArrayList<>(filters);
    more.add(new Filter(column, operator, value));
    return new Query(more, sorts, limit, after);
  }

  /** Sorted by this column, behind those already said; the key decides between equals. */
  public Query sortedBy(String column, Direction direction) {
    var more = new ArrayList<>(sorts);
    more.add(new Sort(column, direction));
    return new Query(filters, more, limit, after);
  }

  /** At most as many rows to a page, 1 to {@value #MOST_ROWS}. */
  public Query limit(int rows) {
    return new Query(filters, sorts, rows, after);
  }

  /** The page after the one whose {@link Page#next} this is; the query is otherwise to be the same. */
  public Query after(String cursor) {
    return new Query(filters, sorts, limit, Optional.of(cursor));
  }
}
