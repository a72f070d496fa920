package dev.millrace.example.retail;

import dev.millrace.view.ViewStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Shows how the shop is getting on: on a terminal a bar and a table that are drawn anew, elsewhere a plain line every few
 * seconds. Owned by one thread.
 */
final class DemoScreen {
  private static final int BAR = 32;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

  private final PrintWriter out;
  private final boolean terminal;
  private int drawn;
  private long lastLine = System.nanoTime() - BETWEEN_LINES.toNanos();

  /**
   * One moment of the run.
   *
   * @param progress the share of the input that was read, from 0 to 1
   * @param rows rows read
   */
  record Moment(double progress, long rows, Duration elapsed, List<ViewStatus> views) {}

  DemoScreen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  void show(Moment moment) {
    if (terminal) {
      draw(moment);
    } else if (System.nanoTime() - lastLine >= BETWEEN_LINES.toNanos()) {
      lastLine = System.nanoTime();
      out.println(line(moment));
      out.flush();
    }
  }

  private void draw(Moment moment) {
    var text = new StringBuilder();
    if (drawn > 0)
      text.append("\033[").append(drawn).append('A');
    int filled = (int) Math.round(moment.progress() * BAR);
    text.append("\033[2K").append("input [").append("█".repeat(filled)).append("░".repeat(BAR - filled))
        .append("] ")
        .append(input(moment)).append('\n');
    text.append("\033[2K")
        .append(String.format(Locale.ROOT, "%-18s %10s %10s %11s  %s%n", "view", "rows", "lag",
            "freshness", "state"));
    for (var view : moment.views()) {
      text.append("\033[2K")
          .append(String.format(Locale.ROOT, "%-18s %,10d %,10d %11s  %s%n", view.view(), view.rows(),
              view.lag(), seconds(view.freshness()), view.state()));
    }
    drawn = moment.views().size() + 2;
    out.print(text);
    out.flush();
  }

  private static String line(Moment moment) {
    var text = new StringBuilder("input ").append(input(moment));
    for (var view : moment.views()) {
      text.append(
          String.format(Locale.ROOT, " | %s %d rows, lag %d, %s", view.view(), view.rows(), view.lag(),
              seconds(view.freshness())));
    }
    return text.toString();
  }

  private static String input(Moment moment) {
    double seconds = Math.max(0.001, moment.elapsed().toMillis() / 1000.0);
    var eta = moment.progress() <= 0 || moment.progress() >= 1
        ? ""
        : String.format(Locale.ROOT, ", %.0f s to go", seconds / moment.progress() * (1 - moment.progress()));
    return String.format(Locale.ROOT, "%3.0f %%  %,d rows, %,.0f rows/s%s", moment.progress() * 100,
        moment.rows(),
        moment.rows() / seconds, eta);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
