package dev.millrace.example.retail;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** What was read and what it should come to: the views are held against it at the end. Safe for many threads. */
final class Tally {
  private final boolean enriched;
  private final Map<String, Long> events = new TreeMap<>();
  private long rowsPublished;
  private long rowsRejected;
  private long orders;
  private BigDecimal revenue = BigDecimal.ZERO;
  private BigDecimal sales = BigDecimal.ZERO;
  private BigDecimal cancellations = BigDecimal.ZERO;

  /** @param enriched whether the stream app answers each order with an event of its own */
  Tally(boolean enriched) {
    this.enriched = enriched;
  }

  /** What a tally had come to at one moment. */
  record Reading(long rowsPublished, long rowsRejected, long orders, Map<String, Long> events,
      BigDecimal revenue,
      BigDecimal sales, BigDecimal cancellations) {}

  synchronized void count(Invoice invoice) {
    rowsPublished += invoice.lines().size();
    revenue = revenue.add(invoice.amount());
    switch (invoice.kind()) {
      case SALE -> {
        orders++;
        sales = sales.add(invoice.amount());
        count("shop.sales.OrderPlaced", 1);
        if (enriched)
          count("shop.sales.OrderEnriched", 1);
      }
      case CANCELLATION -> {
        cancellations = cancellations.add(invoice.amount());
        count("shop.sales.OrderCancelled", 1);
      }
      case DEBT_ADJUSTMENT, WRITE_OFF -> {
        // their services publish them directly, and are counted by what they say
      }
    }
  }

  synchronized void count(String eventType, long number) {
    events.merge(eventType, number, Long::sum);
  }

  synchronized void rejected() {
    rowsRejected++;
  }

  synchronized Reading read() {
    return new Reading(rowsPublished, rowsRejected, orders, new TreeMap<>(events), revenue, sales,
        cancellations);
  }
}
