package dev.millrace.example.retail;

import dev.millrace.example.retail.Rows.Row;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads invoices from the rows of the shop's export. The rows of one invoice mostly follow one another, but tills overlap
 * and an invoice may take minutes: it is complete when the clock of the file has moved on. Owned by one thread.
 */
final class InvoiceReader implements Closeable {
  static final List<String> HEADER = List.of("InvoiceNo", "StockCode", "Description", "Quantity",
      "InvoiceDate",
      "UnitPrice", "CustomerID", "Country");

  private static final Duration LONGEST_INVOICE = Duration.ofMinutes(5);
  private static final int MAX_OPEN = 10_000;
  private static final Pattern NUMBER = Pattern.compile("[CA]?[0-9]{1,12}");
  private static final int MAX_PRICE_DECIMALS = 3;
  private static final BigDecimal MAX_PRICE = new BigDecimal("99999999999");

  private final BufferedReader reader;
  private final Rows rows;
  private final Consumer<RejectedRow> rejects;
  private final LinkedHashMap<String, Open> open = new LinkedHashMap<>();
  private final Set<String> closed = new HashSet<>();
  private long rowsRead;
  private long ordinal;

  /** @throws IllegalArgumentException where the first line is not the header of such an export */
  InvoiceReader(BufferedReader reader, Consumer<RejectedRow> rejects) throws IOException {
    this.reader = reader;
    this.rows = new Rows(reader);
    this.rejects = rejects;
    var header = rows.next();
    if (header != null && header.text().startsWith("\uFEFF"))
      header = new Row(1, header.text().substring(1));
    if (header == null || !HEADER.equals(fields(header.text()))) {
      throw new IllegalArgumentException(
          "the input's first line should be " + String.join(",", HEADER) + ", but is "
              + (header == null ? "missing" : "'" + header.text().lines().findFirst().orElse("") + "'"));
    }
  }

  /** Rows read so far, the header and blank lines not counted. */
  long rowsRead() {
    return rowsRead;
  }

  /** The next complete invoice, or null at the end. Rejected rows are handed over as they are met. */
  @Nullable
  Invoice next() throws IOException {
    while (true) {
      var row = rows.next();
      if (row == null)
        return open.isEmpty() ? null : close(open.firstEntry().getValue());
      if (row.text().isBlank())
        continue;
      rowsRead++;
      try {
        var time = add(row);
        var oldest = open.firstEntry().getValue();
        if (oldest.last.plus(LONGEST_INVOICE).isBefore(time) || open.size() > MAX_OPEN)
          return close(oldest);
      } catch (Rejected e) {
        rejects.accept(new RejectedRow(row.line(), e.reason, row.text()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private LocalDateTime add(Row row) throws Rejected {
    var fields = fields(row.text());
    if (fields == null)
      throw new Rejected("a quote is not closed, or stands inside a field");
    if (fields.size() != HEADER.size()) {
      throw new Rejected("has " + fields.size() + " fields instead of " + HEADER.size());
    }
    if (row.text().indexOf('\uFFFD') >= 0)
      throw new Rejected("is not UTF-8");
    var number = fields.get(0);
    if (!NUMBER.matcher(number).matches()) {
      throw new Rejected("InvoiceNo '" + number + "' is not digits, with C or A before them at most");
    }
    var line = new InvoiceLine(row.line(), text(fields, 1), optional(fields.get(2)), quantity(fields.get(3)),
        price(fields.get(5)));
    var time = time(fields.get(4));
    var customer = optional(fields.get(6));
    var country = text(fields, 7);
    var kind = kind(number, line);
    if (closed.contains(number))
      throw new Rejected("invoice " + number + " was complete long before this row");
    var invoice = open.get(number);
    if (invoice == null) {
      invoice = new Open(number, kind, customer, country, time);
      open.put(number, invoice);
    }
    invoice.add(kind, customer, country, time, line);
    return time;
  }

  private Invoice close(Open invoice) {
    open.remove(invoice.number);
    closed.add(invoice.number);
    return new Invoice(ordinal++, invoice.number, invoice.kind, invoice.customer, invoice.country,
        invoice.first,
        invoice.lines);
  }

  private static Invoice.Kind kind(String number, InvoiceLine line) throws Rejected {
    char letter = number.charAt(0);
    if (letter == 'A')
      return Invoice.Kind.DEBT_ADJUSTMENT;
    if (line.unitPrice().signum() < 0)
      throw new Rejected("UnitPrice is negative, which only an adjustment's may be");
    if (letter == 'C') {
      if (line.quantity() > 0)
        throw new Rejected("Quantity of a cancellation is positive");
      return Invoice.Kind.CANCELLATION;
    }
    if (line.quantity() >= 0)
      return Invoice.Kind.SALE;
    if (line.unitPrice().signum() != 0)
      throw new Rejected("Quantity of a sale is negative");
    return Invoice.Kind.WRITE_OFF;
  }

  private static String text(List<String> fields, int index) throws Rejected {
    var value = fields.get(index).strip();
    if (value.isEmpty())
      throw new Rejected(HEADER.get(index) + " is empty");
    return value;
  }

  private static Optional<String> optional(String value) {
    var text = value.strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static int quantity(String value) throws Rejected {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new Rejected("Quantity '" + value + "' is not a whole number", e);
    }
  }

  private static BigDecimal price(String value) throws Rejected {
    try {
      var price = value.length() > 32 ? MAX_PRICE : new BigDecimal(value);
      if (price.abs().compareTo(MAX_PRICE) >= 0)
        throw new Rejected("UnitPrice '" + value + "' is out of bounds");
      if (price.stripTrailingZeros().scale() > MAX_PRICE_DECIMALS) {
        throw new Rejected("UnitPrice '" + value + "' has more than " + MAX_PRICE_DECIMALS + " decimals");
      }
      return price.setScale(MAX_PRICE_DECIMALS);
    } catch (NumberFormatException e) {
      throw new Rejected("UnitPrice '" + value + "' is not a number", e);
    }
  }

  private static LocalDateTime time(String value) throws Rejected {
    try {
      var time = LocalDateTime.parse(value);
      if (time.getYear() < 1 || time.getYear() > 9999)
        throw new Rejected("InvoiceDate '" + value + "' is out of bounds");
      return time;
    } catch (DateTimeParseException e) {
      throw new Rejected("InvoiceDate '" + value + "' is not like 2010-12-01T08:26:00", e);
    }
  }

  /** The fields of a row, or null where its quotes are wrong. */
  private static @Nullable List<String> fields(String row) {
    try (var parser = CSVParser.parse(row, CSVFormat.RFC4180)) {
      var records = parser.getRecords();
      return records.size() == 1 ? records.getFirst().toList() : null;
    } catch (IOException | java.io.UncheckedIOException e) {
      return null; // the caller rejects the row with its text, which says more than the parser's message
    }
  }

  /** An invoice of which more rows may come. */
  private static final class Open {
    final String number;
    final Invoice.Kind kind;
    final Optional<String> customer;
    final String country;
    final LocalDateTime first;
    final List<InvoiceLine> lines = new ArrayList<>();
    LocalDateTime last;

    Open(String number, Invoice.Kind kind, Optional<String> customer, String country, LocalDateTime time) {
      this.number = number;
      this.kind = kind;
      this.customer = customer;
      this.country = country;
      this.first = time;
      this.last = time;
    }

    void add(Invoice.Kind kind, Optional<String> customer, String country, LocalDateTime time,
        InvoiceLine line)
        throws Rejected {
      if (kind != this.kind)
        throw new Rejected("invoice " + number + " has both sales and write-offs");
      if (!customer.equals(this.customer)) {
        throw new Rejected(
            "invoice " + number + " has CustomerID '" + this.customer.orElse("") + "' on an earlier row");
      }
      if (!country.equals(this.country)) {
        throw new Rejected("invoice " + number + " has Country '" + this.country + "' on an earlier row");
      }
      if (time.isAfter(last))
        last = time;
      lines.add(line);
    }
  }

  private static final class Rejected extends Exception {
    private static final long serialVersionUID = 1;

    final String reason;

    Rejected(String reason) {
      super(reason);
      this.reason = reason;
    }

    Rejected(String reason, Throwable cause) {
      super(reason, cause);
      this.reason = reason;
    }
  }
}
