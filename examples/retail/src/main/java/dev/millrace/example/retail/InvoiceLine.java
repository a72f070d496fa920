package dev.millrace.example.retail;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * One row of the input.
 *
 * @param row its line in the file, the header being line 1
 * @param quantity units as the file has them: negative where they come back or are written off
 * @param unitPrice pounds sterling, at most three decimals
 */
record InvoiceLine(long row, String stockCode, Optional<String> description, int quantity,
    BigDecimal unitPrice) {
  BigDecimal amount() {
    return unitPrice.multiply(BigDecimal.valueOf(quantity));
  }
}
