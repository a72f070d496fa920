package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INVALID_CURSOR;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ended: the values of the columns that sort, in the last row, with a digest of them and of the query. The
 * digest tells a cursor that was damaged or belongs to another query from a good one; it is no secret and guards nothing,
 * as the values are only ever compared with.
 */
final class PageCursor {
  private PageCursor() {}

  static String write(List<String> query, List<@Nullable String> values) {
    var parts = new ArrayList<@Nullable String>();
    parts.add(digest(query, values));
    parts.addAll(values);
    return Base64.getUrlEncoder().withoutPadding()
        .encodeToString(Json.write(parts).getBytes(StandardCharsets.UTF_8));
  }

  /** @throws ViewException INVALID_CURSOR where it is damaged, or another query's */
  static List<@Nullable String> read(List<String> query, String cursor) {
    var values = new ArrayList<@Nullable String>();
    try {
      var json = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (Json.readPlain(json) instanceof List<?> parts) {
        for (var part : parts)
          values.add(part == null ? null : (String) part);
      }
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new ViewException(INVALID_CURSOR,
          "the page cursor is damaged; use the one that the page before came with",
          e);
    }
    if (values.isEmpty() || !digest(query, values.subList(1, values.size())).equals(values.getFirst())) {
      throw new ViewException(INVALID_CURSOR,
          "the page cursor is damaged, or another query's: ask with the filters and the order it came from");
    }
    return values.subList(1, values.size());
  }

  private static String digest(List<String> query, List<@Nullable String> values) {
    var texts = new ArrayList<>(query);
    for (var value : values)
      texts.add(value == null ? "null" : "=" + value);
    return Fingerprint.of(texts);
  }
}
