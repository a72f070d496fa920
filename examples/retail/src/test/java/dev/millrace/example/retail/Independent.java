package dev.millrace.example.retail;

import dev.millrace.dev.SharedServers;
import java.io.BufferedReader;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** The figures of the shop by plain SQL over the file itself: nothing of the shop's code is in between. */
final class Independent {
  private static final String SALES = "invoice_no ~ '^[0-9]' AND quantity > 0";
  private static final String CANCELLED = "invoice_no LIKE 'C%'";
  private static final String SOLD_OR_RETURNED = SALES + " OR " + CANCELLED;
  private static final String WRITTEN_OFF = "invoice_no ~ '^[0-9]' AND quantity < 0";

  /** What one country or customer comes to. */
  record Figures(long orders, long cancellations, BigDecimal sales, BigDecimal cancelled,
      BigDecimal revenue) {}

  private final DataSource database;

  private Independent(DataSource database) {
    this.database = database;
  }

  /** Copies the file as it is into a table. */
  static Independent of(BufferedReader csv) throws Exception {
    var independent = new Independent(SharedServers.createDatabase());
    try (var connection = independent.database.getConnection();
        var statement = connection.createStatement()) {
      statement
          .execute("CREATE TABLE retail (invoice_no text, stock_code text, description text, quantity int, "
              + "invoice_date timestamp, unit_price numeric, customer_id text, country text)");
      connection.unwrap(PGConnection.class).getCopyAPI()
          .copyIn("COPY retail FROM STDIN WITH (FORMAT csv, HEADER)", csv);
    }
    return independent;
  }

  Map<String, Figures> byCountry() throws SQLException {
    return by("country", "true");
  }

  Map<String, Figures> byCustomer() throws SQLException {
    return by("customer_id", "customer_id IS NOT NULL");
  }

  /** Of each day the orders, their lines and units, what was sold and what was given back. */
  Map<String, List<BigDecimal>> byDay() throws SQLException {
    return figures("invoice_date::date", SOLD_OR_RETURNED,
        List.of("count(DISTINCT invoice_no) FILTER (WHERE " + SALES + ")",
            "count(*) FILTER (WHERE " + SALES + ")", "sum(quantity) FILTER (WHERE " + SALES + ")",
            "sum(quantity * unit_price) FILTER (WHERE " + SALES + ")",
            "sum(quantity * unit_price) FILTER (WHERE " + CANCELLED + ")"));
  }

  /** Of each product the units sold, returned and written off, and what it brought in. */
  Map<String, List<BigDecimal>> byProduct() throws SQLException {
    return figures("stock_code", SOLD_OR_RETURNED + " OR " + WRITTEN_OFF,
        List.of("sum(quantity) FILTER (WHERE " + SALES + ")",
            "-sum(quantity) FILTER (WHERE " + CANCELLED + ")",
            "-sum(quantity) FILTER (WHERE " + WRITTEN_OFF + ")", "sum(quantity * unit_price)"));
  }

  BigDecimal total(String where) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT sum(quantity * unit_price) FROM retail WHERE " + where)) {
      result.next();
      return result.getBigDecimal(1);
    }
  }

  private Map<String, List<BigDecimal>> figures(String column, String where, List<String> sums)
      throws SQLException {
    var figures = new TreeMap<String, List<BigDecimal>>();
    var whole = sums.stream().map(sum -> "coalesce(" + sum + ", 0)").collect(Collectors.joining(", "));
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT " + column + ", " + whole + " FROM retail WHERE " + where
            + " GROUP BY 1")) {
      while (result.next()) {
        var row = new ArrayList<BigDecimal>();
        for (int i = 0; i < sums.size(); i++)
          row.add(plain(result.getBigDecimal(i + 2)));
        figures.put(result.getString(1), row);
      }
    }
    return figures;
  }

  private Map<String, Figures> by(String column, String where) throws SQLException {
    var figures = new TreeMap<String, Figures>();
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT " + column + ", "
            + "count(DISTINCT invoice_no) FILTER (WHERE " + SALES + "), "
            + "count(DISTINCT invoice_no) FILTER (WHERE " + CANCELLED + "), "
            + "coalesce(sum(quantity * unit_price) FILTER (WHERE " + SALES + "), 0), "
            + "coalesce(sum(quantity * unit_price) FILTER (WHERE " + CANCELLED + "), 0), "
            + "coalesce(sum(quantity * unit_price), 0) FROM retail WHERE " + where + " GROUP BY 1")) {
      while (result.next()) {
        figures.put(result.getString(1),
            new Figures(result.getLong(2), result.getLong(3), plain(result.getBigDecimal(4)),
                plain(result.getBigDecimal(5)), plain(result.getBigDecimal(6))));
      }
    }
    return figures;
  }

  static BigDecimal plain(BigDecimal value) {
    return value.setScale(3);
  }
}
