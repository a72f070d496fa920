package dev.millrace.example.retail;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.view.ViewStatus;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import shop.customers.CustomerRegistered;

/** Holds what is in the log and in the views against what was read. */
final class Reckoning {
  private final EventLog log;
  private final DataSource views;
  private final boolean enriched;

  /** @param enriched whether there is a view of what the stream app says */
  Reckoning(EventLog log, DataSource views, boolean enriched) {
    this.log = log;
    this.views = views;
    this.enriched = enriched;
  }

  /** How many events of each type the streams hold, by their envelopes. One that stands in the log twice counts once. */
  Map<String, Long> eventsByType(Set<StreamName> streams) {
    var counts = new TreeMap<String, Long>();
    var seen = new HashSet<String>();
    var end = log.end(streams);
    try (var reader = log.reader(streams, Cursor.start())) {
      while (!reader.cursor().hasReached(end)) {
        for (var record : reader.poll(Duration.ofMillis(500)).records()) {
          var envelope = record.envelope();
          if (!log.repeats() || seen.add(envelope.source() + " " + envelope.id()))
            counts.merge(envelope.type(), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  /** All that does not add up, each with the figure that was read and the figure that was found. */
  List<String> problems(Tally.Reading read, Map<String, Long> events, List<ViewStatus> views)
      throws SQLException {
    var problems = viewProblems(read);
    if (!events.equals(read.events()))
      problems.add("the log's events are " + events + ", read " + read.events());
    for (var view : views) {
      if (view.lag() > 0)
        problems.add(view.view() + " has " + view.lag() + " records still to read");
      if (view.parked() > 0)
        problems.add(view.view() + " has parked " + view.parked() + " records");
      if (!view.message().isEmpty())
        problems.add(view.view() + ": " + view.message());
    }
    return problems;
  }

  /** What does not add up in the views. */
  List<String> viewProblems(Tally.Reading read) throws SQLException {
    var problems = new ArrayList<String>();
    var net = read.sales().add(read.cancellations());
    var customers = BigDecimal.valueOf(read.events().getOrDefault(CustomerRegistered.TYPE.name(), 0L));
    var orders = BigDecimal.valueOf(read.orders());
    expect(problems, "country-revenue: revenue", read.revenue(),
        "SELECT sum(revenue) FROM views.country_revenue");
    expect(problems, "country-revenue: sales", read.sales(), "SELECT sum(sales) FROM views.country_revenue");
    expect(problems, "country-revenue: cancelled", read.cancellations(),
        "SELECT sum(cancelled) FROM views.country_revenue");
    expect(problems, "daily-sales: sales", read.sales(), "SELECT sum(sales) FROM views.daily_sales");
    expect(problems, "daily-sales: orders", orders, "SELECT sum(orders) FROM views.daily_sales");
    expect(problems, "product-sales: revenue", net, "SELECT sum(revenue) FROM views.product_sales");
    expect(problems, "customer-summary: rows", customers, "SELECT count(*) FROM views.customer_summary");
    if (enriched) {
      expect(problems, "order-details: total", read.sales(), "SELECT sum(total) FROM views.order_details");
      expect(problems, "order-details: rows", orders, "SELECT count(*) FROM views.order_details");
    }
    return problems;
  }

  /** One figure of the views. */
  BigDecimal figure(String sql) throws SQLException {
    try (var connection = views.getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      var value = result.getBigDecimal(1);
      return value == null ? BigDecimal.ZERO : value;
    }
  }

  private void expect(List<String> problems, String what, BigDecimal read, String sql) throws SQLException {
    var found = figure(sql);
    if (found.compareTo(read) != 0)
      problems.add(what + " is " + found.toPlainString() + ", read " + read.toPlainString());
  }
}
