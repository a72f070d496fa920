package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testkit.Library.BookBorrowed;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.LOCALE)
@ResourceLock(Resources.TIME_ZONE)
class ImpureFoldTest {
  record Borrowed(@Key String isbn, long loans, String noted) {}

  /** An element whose hash code is its place in memory. */
  private static final class Page {
    private final int number;

    Page(int number) {
      this.number = number;
    }
  }

  private static ProjectionTest<Borrowed> noting(Function<Borrowed, String> note) {
    return ProjectionTest.of(Projection.named("borrowed")
        .of(Borrowed.class, (String isbn) -> new Borrowed(isbn, 0, ""))
        .onEach(BookBorrowed.TYPE, BookBorrowed::isbns, (String isbn) -> isbn,
            (row, loan, isbn) -> new Borrowed(isbn, row.loans + 1, note.apply(row)))
        .build()).given(new BookBorrowed("1", "emma,persuasion"), new BookBorrowed("2", "emma"));
  }

  private static void assertFound(ProjectionTest<Borrowed> test) {
    assertThatThrownBy(test::thenFoldIsPure).isInstanceOf(AssertionError.class)
        .hasMessageContaining("the projection borrowed is not pure").hasMessageContaining("isbn=emma")
        .hasMessageContaining("\n  noted is ").hasMessageNotContaining("\n  loans is ");
  }

  @Test
  void pure_folds_pass_as_often_as_one_asks() {
    noting(row -> row.noted + "," + row.loans).thenFoldIsPure().when(new BookBorrowed("3", "emma"))
        .thenFoldIsPure().thenNothingParked();
    noting(row -> {
      throw new IllegalArgumentException("never");
    }).thenFoldIsPure().thenParked("FOLD_FAILED", "FOLD_FAILED");
  }

  @Test
  void a_clock_is_found() {
    assertFound(noting(row -> Instant.now().toString()));
    assertFound(noting(row -> String.valueOf(System.currentTimeMillis())));
    assertFound(noting(row -> LocalTime.now(java.time.ZoneOffset.UTC).toString()));
  }

  @Test
  void the_day_and_the_zone_are_found() {
    assertFound(noting(row -> LocalDate.now(java.time.ZoneId.systemDefault()).toString()));
    assertFound(noting(row -> ZonedDateTime.ofInstant(Instant.EPOCH, java.time.ZoneId.systemDefault())
        .toLocalTime().toString()));
  }

  @Test
  @SuppressWarnings({"DefaultLocale", "StringCaseLocaleUsage"}) // the fault that is to be found
  void the_locale_is_found() {
    assertFound(noting(row -> String.format("%.2f", 0.5)));
    assertFound(noting(row -> "TITLE".toLowerCase()));
  }

  @Test
  void random_numbers_are_found_be_they_two() {
    assertFound(noting(row -> row.isbn.equals("emma")
        ? row.noted + ThreadLocalRandom.current().nextInt(2)
        : ""));
  }

  @Test
  void a_counter_outside_is_found() {
    var counter = new AtomicInteger();
    assertFound(noting(row -> String.valueOf(counter.incrementAndGet())));
  }

  @Test
  void the_thread_is_found() {
    assertFound(noting(row -> Thread.currentThread().getName()));
  }

  @Test
  void the_order_of_objects_in_a_hash_set_is_found() {
    assertFound(noting(row -> {
      var pages = new HashSet<Page>();
      for (int number = 0; number < 20; number++)
        pages.add(new Page(number));
      return pages.stream().map(page -> String.valueOf(page.number)).collect(Collectors.joining(","));
    }));
  }

  @Test
  void a_row_that_is_not_always_there_is_found() {
    var counter = new AtomicInteger();
    var sometimes = noting(row -> {
      if (counter.incrementAndGet() > 3)
        throw new IllegalStateException("no more");
      return "";
    });
    assertThatThrownBy(sometimes::thenFoldIsPure).isInstanceOf(AssertionError.class)
        .hasMessageContaining("is there the first time: Borrowed[isbn=emma")
        .hasMessageContaining("1 more rows differ");
  }

  @Test
  void an_event_that_is_not_always_parked_is_found_where_the_rows_are_the_same() {
    var folds = new AtomicInteger();
    var test = ProjectionTest.of(Projection.named("borrowed")
        .of(Borrowed.class, (String isbn) -> new Borrowed(isbn, 0, ""))
        .on(BookBorrowed.TYPE, BookBorrowed::books, (row, loan) -> {
          if (folds.incrementAndGet() == 4)
            throw new IllegalStateException("once");
          return row;
        }).build()).given(new BookBorrowed("1", "emma"), new BookBorrowed("2", "emma"));

    assertThatThrownBy(test::thenFoldIsPure).isInstanceOf(AssertionError.class)
        .hasMessageContaining("park [FOLD_FAILED], and the first time []");
  }

  @Test
  void locale_and_time_zone_are_afterwards_what_they_were() {
    var before = List.of(Locale.getDefault(), TimeZone.getDefault());

    noting(row -> "").thenFoldIsPure();
    assertFound(noting(row -> Thread.currentThread().getName()));

    assertThat(List.of(Locale.getDefault(), TimeZone.getDefault())).isEqualTo(before);
  }
}
