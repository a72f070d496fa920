package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DATABASE_UNREACHABLE;
import static dev.millrace.view.ViewException.Code.INTERNAL;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whose fault an SQLException is, by its SQLSTATE (PostgreSQL, appendix A). */
enum SqlFailure {
  /** Two transactions got in each other's way: the same again will do. */
  CONFLICT,
  /** A value that the database does not hold. */
  DATA,
  /** The database is not there, or cannot now. */
  UNREACHABLE,
  /** The statement does not fit the tables. */
  DEFECT;

  private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "55P03");
  /** No privilege, and no such database: somebody outside has to mend it, and can while this goes on. */
  private static final Set<String> OUTSIDE = Set.of("42501", "3D000");

  static SqlFailure of(SQLException e) {
    var state = state(e);
    if (state == null || OUTSIDE.contains(state))
      return UNREACHABLE;
    if (CONFLICTS.contains(state))
      return CONFLICT;
    return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
      case "22", "54" -> DATA;
      case "42", "0A", "23", "3F" -> DEFECT;
      default -> UNREACHABLE;
    };
  }

  /** Whether it is the values that the tables do not take, rather than the statement. */
  static boolean isOfValues(SQLException e) {
    var state = state(e);
    return of(e) == DATA || (state != null && state.startsWith("23"));
  }

  private static @Nullable String state(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null)
        return sql.getSQLState();
    }
    return null;
  }

  static ViewException exception(String doing, SQLException e) {
    return switch (of(e)) {
      case CONFLICT, UNREACHABLE -> new ViewException(DATABASE_UNREACHABLE,
          doing + ": the database does not do it now: " + e.getMessage(), e);
      case DATA, DEFECT -> new ViewException(INTERNAL, doing + ": " + e.getMessage(), e);
    };
  }
}
