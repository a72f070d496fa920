package dev.millrace.example.retail;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * All rows of the input that bear one invoice number.
 *
 * @param ordinal from 0, in the order of the file: the same at each reading of the same file
 * @param time of its first row, the shop's local time
 */
record Invoice(long ordinal, String number, Kind kind, Optional<String> customerId, String country,
    LocalDateTime time,
    List<InvoiceLine> lines) {
  /** What an invoice is about: its number and the sign of its quantities say it. */
  enum Kind {
    SALE, CANCELLATION, DEBT_ADJUSTMENT, WRITE_OFF
  }

  Invoice { lines = List.copyOf(lines); }

  BigDecimal amount() {
    return lines.stream().map(InvoiceLine::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
