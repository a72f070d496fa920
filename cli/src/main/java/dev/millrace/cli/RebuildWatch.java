package dev.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Looks on while an instance rebuilds a view: a line of progress on standard error, or each state as JSON on standard output. */
final class RebuildWatch {
  private final Console console;
  private final Instance instance;
  private final String view;

  RebuildWatch(Console console, Instance instance, String view) {
    this.console = console;
    this.instance = instance;
    this.view = view;
  }

  /** Until the rebuild has read all, or failed; answers the last state. */
  JsonNode untilDone(Output output) {
    var last = new JsonNode[]{Json.object()};
    try (var progress = new ProgressLine(console)) {
      instance.lines(line -> {
        JsonNode state = Json.answered(line);
        last[0] = state;
        if (output.json())
          console.out().println(line);
        else
          progress.tell(text(state));
        return !console.readerHasGone();
      }, List.of(), "rebuilds", view, "progress");
    }
    return last[0];
  }

  /** A state in a line for people. */
  static String text(JsonNode state) {
    var text = new StringBuilder();
    text.append("generation ").append(state.path("generation").asInt()).append(' ')
        .append(state.path("paused").asBoolean()
            ? "paused"
            : state.path("phase").asText().toLowerCase(Locale.ROOT));
    long records = state.path("records").asLong();
    text.append(", ").append(String.format(Locale.ROOT, "%,d", records));
    if (state.hasNonNull("total")) {
      long total = Math.max(1, state.path("total").asLong());
      text.append(String.format(Locale.ROOT, " of %,d records (%d %%)", state.path("total").asLong(),
          Math.min(100, 100 * records / total)));
    } else {
      text.append(" records");
    }
    text.append(String.format(Locale.ROOT, ", %,d/s", state.path("perSecond").asLong()));
    if (state.hasNonNull("secondsLeft"))
      text.append(", ").append(time(state.path("secondsLeft").asLong())).append(" left");
    if (state.path("spilledBytes").asLong() > 0) {
      text.append(String.format(Locale.ROOT, ", %,d MiB on disk in %d buckets, %d folded",
          state.path("spilledBytes").asLong() >> 20, state.path("buckets").asInt(),
          state.path("folded").asInt()));
    }
    if (!state.path("message").asText("").isEmpty())
      text.append("; ").append(Table.printable(state.path("message").asText()));
    return text.toString();
  }

  private static String time(long seconds) {
    var time = Duration.ofSeconds(seconds);
    return time.toHours() > 0
        ? time.toHours() + " h " + time.toMinutesPart() + " min"
        : time.toMinutes() > 0 ? time.toMinutes() + " min " + time.toSecondsPart() + " s" : seconds + " s";
  }
}
