package dev.millrace.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How fresh the views are to be.
 *
 * @param every what holds for each view that has no time of its own; empty where nothing does
 * @param views the times of their own, by the views' names
 * @param inReadiness whether a process is not ready while one of its views is less fresh
 */
public record FreshnessSlo(Optional<Duration> every, Map<String, Duration> views, boolean inReadiness) {
  /** Nothing is promised. */
  static final FreshnessSlo NONE = new FreshnessSlo(Optional.empty(), Map.of(), false);

  public FreshnessSlo { views = Map.copyOf(views); }

  /**
   * Reads {@code 5s}, or {@code country-revenue=500ms}, or several of these with commas.
   *
   * @param faults takes what is wrong with it
   */
  static FreshnessSlo read(String key, String text, boolean inReadiness, List<String> faults) {
    var every = Optional.<Duration>empty();
    var views = new TreeMap<String, Duration>();
    var wrong = new ArrayList<String>();
    for (var part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      var sides = part.strip().split("=", 2);
      var time = TimeText.read(sides[sides.length - 1]).filter(Duration::isPositive);
      boolean said = sides.length == 1 ? every.isPresent() : views.containsKey(sides[0]);
      if (time.isEmpty() || said)
        wrong.add(part.strip());
      else if (sides.length == 1)
        every = time;
      else
        views.put(sides[0], time.get());
    }
    wrong.forEach(
        part -> faults.add(key + " '" + part + "' is not a time, nor VIEW=TIME, once each: such as 5s,"
            + "country-revenue=500ms"));
    return new FreshnessSlo(every, views, inReadiness);
  }

  /** How fresh this view is to be; empty where nothing is promised. */
  public Optional<Duration> of(String view) {
    return Optional.ofNullable(views.get(view)).or(() -> every);
  }
}
