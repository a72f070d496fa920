package dev.millrace.testkit;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;
import dev.millrace.streams.StreamApp;
import java.util.List;
import java.util.Optional;

/** A library's events, and its app that tells borrowers the titles of their books. */
final class Library {
  private Library() {}

  record BookBorrowed(String loan, String books) implements Event {
    static final EventType<BookBorrowed> TYPE = EventType.of(
        Shape.of(BookBorrowed.class, List.of("loan", "books"), (loan, i) -> i == 0 ? loan.loan : loan.books,
            v -> new BookBorrowed((String) v[0], (String) v[1])),
        List.of(Schemas.of("BookBorrowed", "library.loans", "loan", "books")));

    List<String> isbns() {
      return books.isEmpty() ? List.of() : List.of(books.split(","));
    }

    @Override
    public EventType<BookBorrowed> eventType() {
      return TYPE;
    }
  }

  /** On the stream of loans, and read by nobody here. */
  record BookReturned(String loan) implements Event {
    static final EventType<BookReturned> TYPE = EventType.of(
        Shape.of(BookReturned.class, List.of("loan"), (loan, i) -> loan.loan,
            v -> new BookReturned((String) v[0])),
        List.of(Schemas.of("BookReturned", "library.loans", "loan")));

    @Override
    public EventType<BookReturned> eventType() {
      return TYPE;
    }
  }

  record BookBought(String isbn, String title) implements Event {
    static final EventType<BookBought> TYPE = EventType.of(
        Shape.of(BookBought.class, List.of("isbn", "title"), (book, i) -> i == 0 ? book.isbn : book.title,
            v -> new BookBought((String) v[0], (String) v[1])),
        List.of(Schemas.of("BookBought", "library.books", "isbn", "title")));

    @Override
    public EventType<BookBought> eventType() {
      return TYPE;
    }
  }

  record LoanTitled(String loan, String titles) implements Event {
    static final EventType<LoanTitled> TYPE = EventType.of(
        Shape.of(LoanTitled.class, List.of("loan", "titles"), (loan, i) -> i == 0 ? loan.loan : loan.titles,
            v -> new LoanTitled((String) v[0], (String) v[1])),
        List.of(Schemas.of("LoanTitled", "library.titled", "loan", "titles")));

    @Override
    public EventType<LoanTitled> eventType() {
      return TYPE;
    }
  }

  static final StreamApp TITLES = StreamApp.named("titles")
      .reads(BookBorrowed.TYPE).table(BookBought.TYPE).writes(LoanTitled.TYPE)
      .topology(streams -> streams.to(LoanTitled.TYPE,
          streams.enrich(BookBorrowed.TYPE, streams.stream(BookBorrowed.TYPE))
              .withAll(BookBought.TYPE, BookBorrowed::isbns)
              .by((loan, found) -> new LoanTitled(loan.loan(), String.join("; ", loan.isbns().stream()
                  .map(isbn -> found.one(BookBought.TYPE, isbn)).flatMap(Optional::stream)
                  .map(BookBought::title)
                  .peek(Library::refuseForbidden).toList())))));

  private static void refuseForbidden(String title) {
    if (title.equals("FORBIDDEN"))
      throw new IllegalStateException("nobody may read this");
  }

  /** A class of its own: asking it does not begin the library, whose app wants the types that ask. */
  private static final class Schemas {
    static String of(String name, String stream, String key, String... others) {
      var fields = new StringBuilder("{\"name\": \"" + key + "\", \"type\": \"string\"}");
      for (var other : others)
        fields.append(", {\"name\": \"").append(other).append("\", \"type\": \"string\"}");
      return """
          {"type": "record", "name": "%s", "namespace": "test.library", "stream": "%s", "key": "%s", "owner": "tests",
           "fields": [%s]}"""
          .formatted(name, stream, key, fields);
    }
  }
}
