package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvoiceReaderTest {
  private static final String HEADER = String.join(",", InvoiceReader.HEADER) + "\n";

  private final List<RejectedRow> rejected = new ArrayList<>();

  @Test
  void the_rows_of_an_invoice_come_together_though_another_stands_between_them() throws IOException {
    var invoices = read("""
        1,A,RED LAMP,6,2010-12-01T08:26:00,2.55,17850,United Kingdom
        2,B,"BLUE LAMP, LARGE",1,2010-12-01T08:26:00,3.5,,France
        1,C,,2,2010-12-01T08:27:00,0.001,17850,United Kingdom
        3,D,X,1,2010-12-02T09:00:00,1,1,Japan
        """);

    assertThat(invoices).extracting(Invoice::number).containsExactly("1", "2", "3");
    assertThat(invoices).extracting(Invoice::ordinal).containsExactly(0L, 1L, 2L);
    assertThat(invoices.getFirst().lines()).extracting(InvoiceLine::stockCode).containsExactly("A", "C");
    assertThat(invoices.getFirst().amount()).isEqualByComparingTo("15.302");
    assertThat(invoices.get(1).lines().getFirst().description()).contains("BLUE LAMP, LARGE");
    assertThat(rejected).isEmpty();
  }

  @Test
  void the_number_and_the_sign_say_what_an_invoice_is() throws IOException {
    var invoices = read("""
        1,A,X,6,2010-12-01T08:26:00,2.55,1,Japan
        C2,A,X,-6,2010-12-01T08:26:00,2.55,1,Japan
        3,A,damaged,-6,2010-12-01T08:26:00,0.0,,Japan
        A4,B,Adjust bad debt,1,2010-12-01T08:26:00,-11062.06,,Japan
        """);

    assertThat(invoices).extracting(Invoice::kind).containsExactly(Invoice.Kind.SALE,
        Invoice.Kind.CANCELLATION,
        Invoice.Kind.WRITE_OFF, Invoice.Kind.DEBT_ADJUSTMENT);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = { //
      "7,A,X,six,2010-12-01T08:26:00,2.55,1,Japan; Quantity 'six' is not a whole number",
      "7,A,X,6,yesterday,2.55,1,Japan; InvoiceDate 'yesterday' is not like",
      "7,A,X,6,2010-12-01T08:26:00,2.5555,1,Japan; more than 3 decimals",
      "7,A,X,6,2010-12-01T08:26:00,1e999999999,1,Japan; out of bounds",
      "7,A,X,6,2010-12-01T08:26:00,-1,1,Japan; UnitPrice is negative",
      "7,A,X,-6,2010-12-01T08:26:00,1,1,Japan; Quantity of a sale is negative",
      "C7,A,X,6,2010-12-01T08:26:00,1,1,Japan; Quantity of a cancellation is positive",
      "X7,A,X,6,2010-12-01T08:26:00,1,1,Japan; InvoiceNo 'X7' is not digits",
      "7,,X,6,2010-12-01T08:26:00,1,1,Japan; StockCode is empty",
      "7,A,X,6,2010-12-01T08:26:00,1,1; has 7 fields instead of 8",
      "7,A,\"X,6,2010-12-01T08:26:00,1,1,Japan; a quote is not closed",
      "7,A,\uFFFD,6,2010-12-01T08:26:00,1,1,Japan; is not UTF-8"})
  void a_malformed_row_is_rejected_with_its_line_and_its_reason(String row, String reason)
      throws IOException {
    var invoices = read("1,A,X,6,2010-12-01T08:26:00,2.55,1,Japan\n" + row + "\n"
        + "2,A,X,6,2010-12-01T08:26:00,2.55,1,Japan\n");

    assertThat(invoices).extracting(Invoice::number).containsExactly("1", "2");
    assertThat(rejected).singleElement().satisfies(one -> {
      assertThat(one.row()).isEqualTo(3);
      assertThat(one.reason()).contains(reason);
      assertThat(one.text()).isEqualTo(row);
    });
  }

  @Test
  void a_row_of_an_invoice_that_was_complete_is_rejected() throws IOException {
    read("""
        1,A,X,6,2010-12-01T08:26:00,2.55,1,Japan
        2,A,X,6,2010-12-01T09:26:00,2.55,1,Japan
        1,B,X,6,2010-12-01T09:26:00,2.55,1,Japan
        """);

    assertThat(rejected).extracting(RejectedRow::reason)
        .containsExactly("invoice 1 was complete long before this row");
  }

  @Test
  void a_file_of_another_kind_is_refused_by_its_header() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new InvoiceReader(new BufferedReader(new StringReader("a,b\n1,2\n")), rejected::add))
        .withMessageContaining("InvoiceNo,StockCode").withMessageContaining("'a,b'");
  }

  @Test
  void the_generated_shop_is_the_same_each_time_and_has_every_kind() throws IOException {
    var invoices = read(GeneratedShop.csv().substring(HEADER.length()));

    assertThat(GeneratedShop.csv()).isEqualTo(GeneratedShop.csv());
    assertThat(rejected).isEmpty();
    assertThat(invoices).extracting(Invoice::kind).contains(Invoice.Kind.values());
    assertThat(invoices)
        .anyMatch(invoice -> invoice.customerId().isEmpty() && invoice.kind() == Invoice.Kind.SALE);
    assertThat(invoices.stream().map(Invoice::amount).reduce(BigDecimal.ZERO, BigDecimal::add).signum())
        .isPositive();
  }

  private List<Invoice> read(String rows) throws IOException {
    var invoices = new ArrayList<Invoice>();
    try (var reader = new InvoiceReader(new BufferedReader(new StringReader(HEADER + rows)), rejected::add)) {
      for (var invoice = reader.next(); invoice != null; invoice = reader.next()) {
        invoices.add(invoice);
      }
    }
    return invoices;
  }
}
