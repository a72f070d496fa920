package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.LOCK_MISMATCH;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * What an app keeps under names: its streams, its repartition topics and its stores, each with the number of the
 * sub-topology it is in. Kept beside the app as {@code <app>.topology}, so that a change which would leave state behind
 * is seen before it ships. Steps that keep nothing may change freely and are not in it.
 *
 * <pre>{@code
 * 0 reads sales.orders
 * 0 keeps order-placed-waiting
 * }</pre>
 */
public final class TopologyLock {
  private final String app;
  private final SortedSet<String> lines;

  private TopologyLock(String app, Set<String> lines) {
    this.app = app;
    this.lines = new TreeSet<>(lines);
  }

  /** What this topology of the app keeps. */
  public static TopologyLock of(StreamApp app, Topology topology) {
    var lines = new TreeSet<String>();
    for (var sub : topology.describe().subtopologies()) {
      for (var node : sub.nodes())
        kept(node).forEach(kept -> lines.add(sub.id() + " " + kept));
    }
    return new TopologyLock(app.name(), lines);
  }

  /** The text to keep. */
  public String text() {
    return "# What " + app
        + " keeps under names. A change leaves state behind: read the message before you accept it.\n"
        + String.join("\n", lines) + "\n";
  }

  /**
   * Compares with the text that was kept.
   *
   * @throws StreamAppException LOCK_MISMATCH, saying what changed, what it means, and how to accept it
   */
  public void check(String kept) {
    var locked = new TreeSet<String>();
    kept.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(locked::add);
    if (locked.equals(lines))
      return;
    var changes = new ArrayList<String>();
    locked.stream().filter(line -> !lines.contains(line)).map(this::gone).forEach(changes::add);
    lines.stream().filter(line -> !locked.contains(line)).map(this::added).forEach(changes::add);
    throw new StreamAppException(LOCK_MISMATCH,
        app + " is not what its lock holds:\n  " + String.join("\n  ", changes)
            + "\nEither undo the change; or, if it is meant: stop all instances of " + app
            + ", delete its state directory and its internal topics (" + app
            + "-…), reset its group to the start of its"
            + " streams, and replace the text of " + app + ".topology by:\n" + text());
  }

  private String gone(String line) {
    var words = line.split(" ", 3);
    var what = words[words.length - 1];
    return "gone: " + line + switch (words[1]) {
      case "keeps" -> " (its state in " + app + "-" + what + "-changelog would be left behind)";
      case "repartitions" -> " (records on their way in " + app + "-" + what + " would be lost)";
      default -> "";
    };
  }

  private String added(String line) {
    return "new:  " + line + (line.contains(" keeps ") ? " (starts empty)" : "");
  }

  private static List<String> kept(TopologyDescription.Node node) {
    return switch (node) {
      case TopologyDescription.Source source when source.topicSet() != null -> source.topicSet().stream()
          .map(topic -> (internal(topic) ? "repartitions " : "reads ") + topic).toList();
      case TopologyDescription.Sink sink when sink.topic() != null && !internal(sink.topic()) ->
        List.of("writes " + sink.topic());
      case TopologyDescription.Processor processor ->
        processor.stores().stream().map(store -> "keeps " + store)
            .toList();
      default -> List.of();
    };
  }

  static boolean internal(String topic) {
    return topic.endsWith("-repartition");
  }
}
