package dev.millrace.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testkit.Library.BookBorrowed;
import dev.millrace.testkit.Library.BookBought;
import dev.millrace.testkit.Library.BookReturned;
import dev.millrace.testkit.Library.LoanTitled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessorTestTest {
  private final ProcessorTest test = ProcessorTest.of(Library.TITLES);

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void a_loan_is_joined_with_all_its_books_and_says_what_caused_it() {
    test.given(new BookBought("1", "Emma"), new BookBought("2", "Persuasion"))
        .when(new BookBorrowed("a", "2,1,2"))
        .thenPublishes(new LoanTitled("a", "Persuasion; Emma; Persuasion"));
  }

  @Test
  void a_book_that_is_not_there_is_left_out_and_a_newer_title_is_taken() {
    test.given(new BookBought("1", "Emna"), new BookBought("1", "Emma"))
        .when(new BookBorrowed("a", "1,9"))
        .thenPublishes(new LoanTitled("a", "Emma"));
  }

  @Test
  void a_loan_of_no_books_is_published_too() {
    test.when(new BookBorrowed("a", "")).thenPublishes(new LoanTitled("a", ""));
  }

  @Test
  void two_loans_under_one_key_keep_their_order() {
    test.given(new BookBought("1", "Emma"), new BookBorrowed("a", "1")).when(new BookBorrowed("a", ""))
        .thenPublishes(new LoanTitled("a", ""));
  }

  @Test
  void a_type_that_the_app_does_not_read_is_passed_over() {
    test.when(new BookReturned("a")).thenPublishesNothing();
  }

  @Test
  void an_event_that_the_app_fails_on_is_a_dead_letter_and_the_next_of_its_key_goes_on() {
    test.given(new BookBought("1", "FORBIDDEN"), new BookBought("2", "Emma"));

    test.when(new BookBorrowed("a", "1")).thenIsDeadLetter("nobody may read this");
    test.when(new BookBorrowed("a", "2")).thenPublishes(new LoanTitled("a", "Emma"));
  }

  @Test
  void garbage_is_a_dead_letter() {
    test.whenPayload("library.loans", "a", "garbage".getBytes(UTF_8)).thenIsDeadLetter("");
  }

  @Test
  void the_id_is_the_same_whenever_the_same_event_is_derived_from_the_same_cause() {
    var once = test.when(new BookBorrowed("a", "")).envelopes().getFirst().id();
    try (var again = ProcessorTest.of(Library.TITLES)) {
      assertThat(again.when(new BookBorrowed("a", "")).envelopes().getFirst().id()).isEqualTo(once);
      assertThat(again.when(new BookBorrowed("a", "")).envelopes().getFirst().id()).isNotEqualTo(once);
    }
  }

  @Test
  void another_outcome_than_expected_fails_and_shows_both() {
    var outcome = test.when(new BookBorrowed("a", ""));

    assertThatThrownBy(() -> outcome.thenPublishes(new LoanTitled("a", "Emma")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("LoanTitled[loan=a, titles=Emma]")
        .hasMessageContaining("LoanTitled[loan=a, titles=]");
    assertThatThrownBy(outcome::thenPublishesNothing).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> outcome.thenIsDeadLetter("")).isInstanceOf(AssertionError.class);
  }
}
