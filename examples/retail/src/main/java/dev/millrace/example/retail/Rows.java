package dev.millrace.example.retail;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file by RFC 4180, still as text. A quoted field may hold line breaks; a quote that is never closed
 * spoils its own line alone, and not the rest of the file. Owned by one thread.
 */
final class Rows {
  /** A field with more line breaks than this is taken for a quote that was forgotten. */
  private static final int MAX_LINES_PER_ROW = 16;

  /** One row: where it begins, and its text with the line breaks inside its fields. */
  record Row(long line, String text) {}

  private final BufferedReader reader;
  private final Deque<String> pushedBack = new ArrayDeque<>();
  private long line;

  Rows(BufferedReader reader) {
    this.reader = reader;
  }

  /** The next row, or null at the end. */
  @Nullable
  Row next() throws IOException {
    var first = nextLine();
    if (first == null)
      return null;
    long at = line;
    if (!leavesQuoteOpen(first))
      return new Row(at, first);
    var text = new StringBuilder(first);
    var joined = new ArrayDeque<String>();
    while (joined.size() < MAX_LINES_PER_ROW) {
      var more = nextLine();
      if (more == null)
        break;
      joined.add(more);
      text.append('\n').append(more);
      if (leavesQuoteOpen(more))
        return new Row(at, text.toString());
    }
    line -= joined.size();
    joined.descendingIterator().forEachRemaining(pushedBack::addFirst);
    return new Row(at, first);
  }

  private @Nullable String nextLine() throws IOException {
    var next = pushedBack.isEmpty() ? reader.readLine() : pushedBack.removeFirst();
    if (next != null)
      line++;
    return next;
  }

  private static boolean leavesQuoteOpen(String text) {
    boolean open = false;
    for (int i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) {
      open = !open;
    }
    return open;
  }
}
