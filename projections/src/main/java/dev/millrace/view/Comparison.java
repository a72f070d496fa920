package dev.millrace.view;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What two generations hold, read at one moment of the database.
 *
 * @param samePosition whether both had read equally far; where not, a difference means nothing
 * @param liveRows the rows of the live generation
 * @param newRows the rows of the other one
 * @param different how many rows stand in only one of them, or differ in any value, if only in how many zeros a number ends
 * @param unexpected how many of these differ in what the projection does not declare to be changed ({@link
 *     Projection.Builder#changes}, {@link Projection.Builder#changesRows})
 * @param examples the first of these, the unexpected before the others, in the order of their keys; at most {@value
 *     #MOST_EXAMPLES}
 */
public record Comparison(boolean samePosition, long liveRows, long newRows, long different, long unexpected,
    List<Difference> examples) {
  static final int MOST_EXAMPLES = 100;

  public Comparison { examples = List.copyOf(examples); }

  /** Whether they are known to be equal. */
  public boolean same() {
    return samePosition && different == 0;
  }

  /** Whether they are known to differ in nothing but what is declared. */
  public boolean asExpected() {
    return samePosition && unexpected == 0;
  }

  /**
   * A row that is not the same: its components by their names, as JSON has them.
   *
   * @param live the row of the live generation; null where it has none
   * @param rebuilt the row of the other; null where it has none
   * @param expected whether all that differs is declared
   */
  public record Difference(Map<String, @Nullable Object> key, @Nullable Map<String, @Nullable Object> live,
      @Nullable Map<String, @Nullable Object> rebuilt, boolean expected) {
    /** The components that differ: all of them where there is only one row. */
    public SortedSet<String> fields() {
      var fields = new TreeSet<String>();
      if (live != null)
        fields.addAll(live.keySet());
      if (rebuilt != null)
        fields.addAll(rebuilt.keySet());
      if (live != null && rebuilt != null)
        fields.removeIf(field -> Objects.equals(live.get(field), rebuilt.get(field)));
      return fields;
    }
  }
}
