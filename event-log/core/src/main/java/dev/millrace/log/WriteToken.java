package dev.millrace.log;

import static dev.millrace.log.LogException.Code.INVALID_TOKEN;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What whoever wrote an event hands on to whoever reads what becomes of it: a reader that is given it answers with no less
 * than that. As {@link #text} it is opaque, of letters, digits, '-' and '_' alone, and at most {@value #MOST_CHARS} characters
 * long, so it can stand in a header, an address and a cookie. It is no secret, and proves nothing.
 */
public sealed interface WriteToken {
  /** The most characters of a token's text. */
  int MOST_CHARS = 2_560;

  /** The most characters of an event's id that fits a token. */
  int MOST_ID_CHARS = 400;

  /** The stream with the event. */
  StreamName stream();

  /** The id in the event's envelope. */
  String eventId();

  /** Before it can have been appended to the log; to the millisecond. */
  Instant since();

  /** The text that {@link #parse} reads. */
  String text();

  /** An event of which it is known where it is in the log. */
  record Place(Partition partition, Position position, String eventId, Instant since) implements WriteToken {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final Pattern POSITION = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    public Place {
      if (!ID.matcher(partition.id()).matches() || !POSITION.matcher(position.value()).matches())
        throw new IllegalArgumentException("'" + partition + "@" + position + "' fits no token");
      requireId(eventId);
      since = Instant.ofEpochMilli(since.toEpochMilli());
    }

    @Override
    public StreamName stream() {
      return partition.stream();
    }

    @Override
    public String text() {
      return encoded(
          "p|" + partition.stream() + "|" + partition.id() + "|" + position + "|" + since.toEpochMilli()
              + "|" + eventId);
    }
  }

  /** An event that is on its way to the log, as one is that was appended to an outbox: it is known by its id. */
  record Coming(StreamName stream, String eventId, Instant since) implements WriteToken {
    public Coming {
      requireId(eventId);
      since = Instant.ofEpochMilli(since.toEpochMilli());
    }

    @Override
    public String text() {
      return encoded("e|" + stream + "|" + since.toEpochMilli() + "|" + eventId);
    }
  }

  /**
   * Reads a token's text.
   *
   * @throws LogException INVALID_TOKEN where it is none
   */
  static WriteToken parse(String text) {
    if (text.isEmpty() || text.length() > MOST_CHARS)
      throw invalid(text, null);
    try {
      var said = new String(Base64.getUrlDecoder().decode(text), UTF_8);
      var parts = said.split("\\|", said.startsWith("p") ? 6 : 4);
      if (parts.length < 4)
        throw invalid(text, null);
      var stream = StreamName.of(parts[1]);
      var since = Instant.ofEpochMilli(Long.parseLong(parts[parts.length - 2]));
      var id = parts[parts.length - 1];
      var token = switch (parts[0] + parts.length) {
        case "p6" -> new Place(new Partition(stream, parts[2]), Position.of(parts[3]), id, since);
        case "e4" -> new Coming(stream, id, since);
        default -> throw invalid(text, null);
      };
      if (!token.text().equals(text))
        throw invalid(text, null);
      return token;
    } catch (IllegalArgumentException e) {
      throw invalid(text, e);
    }
  }

  private static void requireId(String eventId) {
    if (eventId.isBlank() || eventId.length() > MOST_ID_CHARS)
      throw new IllegalArgumentException(
          "an event id of " + eventId.length() + " characters fits no token; it has 1 to " + MOST_ID_CHARS);
  }

  private static String encoded(String said) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(said.getBytes(UTF_8));
  }

  private static LogException invalid(String text, @Nullable Throwable cause) {
    var shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return new LogException(INVALID_TOKEN,
        "'" + shown + "' is no token of a write: give the text of a receipt's token, or"
            + " of an outbox's, as it was given",
        cause);
  }
}
