package dev.millrace.view;

import org.jspecify.annotations.Nullable;

/** What a text of the database cannot hold: the NUL character, and halves of surrogate pairs. */
final class Text {
  private Text() {}

  /** Why the database cannot hold this text; null where it can. */
  static @Nullable String refused(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0)
        return "has the character NUL at index " + i + ", which PostgreSQL cannot hold";
      if (Character.isSurrogate(c)) {
        if (!pairAt(text, i))
          return "has half of a surrogate pair at index " + i;
        i++;
      }
    }
    return null;
  }

  /** The same for the text of a JSON value, where NUL stands escaped. */
  static @Nullable String refusedInJson(String json) {
    for (int at = json.indexOf("\\u0000"); at >= 0; at = json.indexOf("\\u0000", at + 1)) {
      int backslashes = 1;
      while (at - backslashes >= 0 && json.charAt(at - backslashes) == '\\')
        backslashes++;
      if (backslashes % 2 == 1)
        return "has the character NUL, which PostgreSQL cannot hold";
    }
    return refused(json);
  }

  /** The text with replacements for what the database cannot hold; for keys and messages of records that are kept raw. */
  static String storable(String text) {
    if (refused(text) == null)
      return text;
    var storable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        storable.append('\u2400');
      } else if (!Character.isSurrogate(c)) {
        storable.append(c);
      } else if (pairAt(text, i)) {
        storable.append(c).append(text.charAt(++i));
      } else {
        storable.append('\ufffd');
      }
    }
    return storable.toString();
  }

  private static boolean pairAt(String text, int index) {
    return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
  }
}
