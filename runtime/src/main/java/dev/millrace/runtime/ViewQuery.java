package dev.millrace.runtime;

import dev.millrace.view.Query;
import dev.millrace.view.Query.Direction;
import io.micronaut.http.HttpParameters;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a query from an address: {@code filter=column:operator:value}, any number of them; {@code sort=column:desc,column};
 * {@code limit}; {@code page}. A parameter that it does not know is refused, as one misspelt would answer the wrong rows.
 *
 * @param others parameters that are somebody else's
 */
record ViewQuery(HttpParameters parameters, Set<String> others) {
  static final Set<String> PARAMETERS = new TreeSet<>(Set.of("filter", "sort", "limit", "page"));

  ViewQuery(HttpParameters parameters) {
    this(parameters, Set.of());
  }

  /** @throws ProblemException BAD_QUERY or BAD_LIMIT, with the form that would be right */
  Query query() {
    for (var name : parameters.names()) {
      if (!PARAMETERS.contains(name) && !others.contains(name))
        throw bad("there is no parameter '" + name + "'; there are " + String.join(", ", PARAMETERS));
    }
    var query = Query.all();
    for (var filter : parameters.getAll("filter")) {
      query = filtered(query, filter);
    }
    var sort = once("sort");
    if (!sort.isEmpty()) {
      for (var column : sort.split(",", -1)) {
        query = sorted(query, column);
      }
    }
    var limit = once("limit");
    if (!limit.isEmpty())
      query = query.limit(rows(limit));
    var page = once("page");
    return page.isEmpty() ? query : query.after(page);
  }

  private static Query filtered(Query query, String filter) {
    var parts = filter.split(":", 3);
    if (parts.length < 3) {
      throw bad("the filter '" + filter + "' is not column:operator:value, such as country:eq:Germany");
    }
    return query.where(parts[0], Query.Operator.of(parts[1]), parts[2]);
  }

  private static Query sorted(Query query, String sort) {
    var parts = sort.split(":", 2);
    var direction = parts.length == 1 ? "asc" : parts[1];
    return switch (direction) {
      case "asc" -> query.sortedBy(parts[0], Direction.ASC);
      case "desc" -> query.sortedBy(parts[0], Direction.DESC);
      default ->
        throw bad("the order '" + sort + "' is not column, column:asc or column:desc, such as net:desc");
    };
  }

  private static int rows(String text) {
    try {
      int rows = Integer.parseInt(text);
      if (rows >= 1 && rows <= Query.MOST_ROWS)
        return rows;
    } catch (NumberFormatException e) {
      // told below, with the range
    }
    throw new ProblemException(Problem.Code.BAD_LIMIT,
        "limit '" + text + "' is not a number from 1 to " + Query.MOST_ROWS);
  }

  private String once(String name) {
    List<String> values = parameters.getAll(name);
    if (values.size() > 1)
      throw bad(name + " stands " + values.size() + " times, but can stand once");
    return values.isEmpty() ? "" : values.getFirst();
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(Problem.Code.BAD_QUERY, detail);
  }
}
