package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testkit.Library.BookBorrowed;
import dev.millrace.testkit.Library.BookReturned;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import org.junit.jupiter.api.Test;

class ProjectionTestTest {
  record Popularity(@Key String isbn, long loans, String lastLoan) {
    Popularity borrowed(BookBorrowed loan) {
      if (loan.loan().equals("forged"))
        throw new IllegalArgumentException("a forged loan");
      return new Popularity(isbn, loans + 1, "");
    }

    Popularity borrowedLast(BookBorrowed loan) {
      return new Popularity(isbn, loans + 1, loan.loan());
    }
  }

  record Loan(@Key String loan, int books) {}

  static final Projection<Popularity> POPULARITY = Projection.named("popularity")
      .of(Popularity.class, (String isbn) -> new Popularity(isbn, 0, ""))
      .onEach(BookBorrowed.TYPE, BookBorrowed::isbns, (String isbn) -> isbn,
          (row, loan, isbn) -> row.borrowed(loan))
      .build();
  static final Projection<Popularity> LAST_LOAN = Projection.named("last-loan")
      .of(Popularity.class, (String isbn) -> new Popularity(isbn, 0, ""))
      .onEach(BookBorrowed.TYPE, BookBorrowed::isbns, (String isbn) -> isbn,
          (row, loan, isbn) -> row.borrowedLast(loan))
      .build();
  static final Projection<Loan> LOANS = Projection.named("loans")
      .of(Loan.class, (String loan) -> new Loan(loan, 0))
      .on(BookBorrowed.TYPE, BookBorrowed::loan,
          (row, loan) -> new Loan(row.loan, row.books + loan.isbns().size()))
      .removedBy(BookReturned.TYPE, BookReturned::loan).build();

  @Test
  void rows_are_what_the_events_come_to() {
    ProjectionTest.of(POPULARITY).given(new BookBorrowed("1", "a,b"), new BookReturned("1"))
        .when(new BookBorrowed("2", "b")).thenRow("b", new Popularity("b", 2, ""))
        .thenRows(new Popularity("a", 1, ""), new Popularity("b", 2, "")).thenNoRow("c").thenNothingParked()
        .thenOrderBetweenKeysDoesNotMatter();
    ProjectionTest.of(LOANS).given(new BookBorrowed("1", "a,b"), new BookBorrowed("2", "a"))
        .when(new BookReturned("1")).thenNoRow("1").thenRows(new Loan("2", 1))
        .thenOrderBetweenKeysDoesNotMatter();
  }

  @Test
  void what_cannot_be_read_or_folded_is_parked_and_changes_nothing() {
    ProjectionTest.of(POPULARITY).given(new BookBorrowed("forged", "a,b"), new BookBorrowed("forged", "a"))
        .whenPayload(BookBorrowed.TYPE, "7", new byte[]{1, 2, 3}).when(new BookBorrowed("8", "a"))
        .thenParked("FOLD_FAILED", "FOLLOWS", "NOT_FRAMED").thenRows(new Popularity("a", 1, ""));
  }

  @Test
  void a_fold_that_depends_on_the_order_between_keys_is_found_out_with_its_seed() {
    var test = ProjectionTest.of(LAST_LOAN).given(new BookBorrowed("1", "a"), new BookBorrowed("3", "b"),
        new BookBorrowed("2", "a"));

    assertThatThrownBy(test::thenOrderBetweenKeysDoesNotMatter).isInstanceOf(AssertionError.class)
        .hasMessageContaining("last-loan").hasMessageContaining("seed").hasMessageContaining("isbn=a")
        .hasMessageContaining("\n  lastLoan is 2 in the order given, and 1 in another\n")
        .hasMessageContaining("""
              The order given, without the events that leave this row as it is:
                event-1, test.library.BookBorrowed of the key 1: Popularity[isbn=a, loans=1, lastLoan=1]
                event-3, test.library.BookBorrowed of the key 2: Popularity[isbn=a, loans=2, lastLoan=2]
              The other order:
                event-3,\
            """);
    assertThatCode(
        () -> ProjectionTest.of(LAST_LOAN).given(new BookBorrowed("1", "a"), new BookBorrowed("1", "a"))
            .thenOrderBetweenKeysDoesNotMatter())
        .doesNotThrowAnyException();
  }

  @Test
  void what_does_not_hold_is_said_with_what_is_there() {
    var test = ProjectionTest.of(LOANS).given(new BookBorrowed("1", "a,b"));

    assertThatThrownBy(() -> test.thenRow("1", new Loan("1", 3))).hasMessageContaining("books=2")
        .hasMessageContaining("books=3");
    assertThatThrownBy(() -> test.thenRow("2", new Loan("2", 3))).hasMessageContaining("not there");
    assertThatThrownBy(() -> test.thenNoRow("1")).isInstanceOf(AssertionError.class);
    assertThatThrownBy(test::thenRows).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> test.thenParked("FOLLOWS")).isInstanceOf(AssertionError.class);
  }
}
