package dev.millrace.view;

import java.util.List;
import java.util.Optional;

/**
 * A page of rows.
 *
 * @param next where the next page goes on, for {@link Query#after}; empty where this is the last
 */
public record Page<T>(List<T> rows, Optional<String> next) {
  public Page { rows = List.copyOf(rows); }
}
