package dev.millrace.runtime;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.view.Key;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The one event of these tests: something was sold.
 *
 * @param eventType the type, which has the stream of one test
 */
record Sold(String orderId, String country, String item, BigDecimal total, Instant at,
    EventType<Sold> eventType) implements Event {

  record CountryRevenue(@Key String country, long orders, BigDecimal net) {
    static CountryRevenue none(String country) {
      return new CountryRevenue(country, 0, BigDecimal.ZERO);
    }

    CountryRevenue plus(BigDecimal total) {
      return new CountryRevenue(country, orders + 1, net.add(total));
    }
  }

  record ItemDay(@Key String item, @Key LocalDate day, long sales) {
    static ItemDay none(Id id) {
      return new ItemDay(id.item, id.day, 0);
    }

    ItemDay plusOne() {
      return new ItemDay(item, day, sales + 1);
    }
  }

  record Id(String item, LocalDate day) {
    static Id of(Sold sold) {
      return new Id(sold.item, LocalDate.ofInstant(sold.at, ZoneOffset.UTC));
    }
  }
}
