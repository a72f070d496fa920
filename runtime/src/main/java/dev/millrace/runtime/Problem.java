package dev.millrace.runtime;

import io.micronaut.http.HttpStatus;
import io.micronaut.serde.annotation.Serdeable;

/**
 * An error as <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> has it.
 *
 * @param type a URI that stays the same for one kind of problem
 * @param title the kind in words
 * @param status the HTTP status
 * @param code the kind as a stable name, to decide on
 * @param detail what is wrong here, and what would be right
 */
@Serdeable
record Problem(String type, String title, int status, String code, String detail) {
  static final String MEDIA_TYPE = "application/problem+json";
  static final String DESCRIPTION = "a problem, with a stable code";

  /** The kinds of problem that this API answers with. */
  enum Code {
    UNKNOWN_VIEW(HttpStatus.NOT_FOUND, "There is no such view"),
    UNKNOWN_KEY(HttpStatus.NOT_FOUND, "The view has no row with this key"),
    UNKNOWN_DEAD_LETTER(HttpStatus.NOT_FOUND, "The view has no such parked record"),
    UNKNOWN_REBUILD(HttpStatus.NOT_FOUND, "There is no such rebuild"),
    UNKNOWN_STREAM(HttpStatus.NOT_FOUND, "There is no such stream"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
    BAD_QUERY(HttpStatus.BAD_REQUEST, "The query cannot be understood"),
    BAD_LIMIT(HttpStatus.BAD_REQUEST, "The limit is out of its range"),
    BAD_PAGE(HttpStatus.BAD_REQUEST, "The page does not belong to this query"),
    BAD_KEY(HttpStatus.BAD_REQUEST, "The key is not of the view's key type"),
    BAD_FROM(HttpStatus.BAD_REQUEST, "The place to read from cannot be understood"),
    BAD_TOKEN(HttpStatus.BAD_REQUEST, "The token is of no write to this view"),
    BAD_WAIT(HttpStatus.BAD_REQUEST, "The time to wait cannot be understood"),
    BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request cannot be understood"),
    DIFFERENT(HttpStatus.CONFLICT, "The generation differs from the live one"),
    REFUSED(HttpStatus.BAD_REQUEST, "The request was refused"),
    TOO_MANY_READERS(HttpStatus.TOO_MANY_REQUESTS, "Too many streams are being read"),
    VIEW_NOT_BUILT(HttpStatus.SERVICE_UNAVAILABLE, "The view is not there yet"),
    NOT_FRESH_YET(HttpStatus.SERVICE_UNAVAILABLE, "The view has not come that far yet"),
    UNREACHABLE(HttpStatus.SERVICE_UNAVAILABLE, "A server behind this one does not answer"),
    INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "A defect of this program");

    final HttpStatus status;
    final String title;

    Code(HttpStatus status, String title) {
      this.status = status;
      this.title = title;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  static Problem of(Code code, String detail) {
    return of(code, code.status.getCode(), detail);
  }

  static Problem of(Code code, int status, String detail) {
    return new Problem("urn:millrace:problem:" + code.text(), code.title, status, code.text(), detail);
  }
}
