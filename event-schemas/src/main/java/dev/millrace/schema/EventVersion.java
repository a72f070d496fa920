package dev.millrace.schema;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * What a version means to those who have another, as Interface.Feature.Bugfix.
 *
 * @param major changes where events of before need an upcaster
 * @param feature changes where everybody whom the event's level protects reads everything as it was written
 * @param bugfix changes where only documentation does
 */
public record EventVersion(int major, int feature, int bugfix) {
  private static final EventVersion FIRST = new EventVersion(1, 0, 0);

  /**
   * The numbers of an event's versions, the first first.
   *
   * @param level whom a change must not hurt
   */
  public static List<EventVersion> of(List<Schema> versions, Level level) {
    var numbers = new ArrayList<EventVersion>();
    for (int i = 0; i < versions.size(); i++) {
      numbers.add(i == 0 ? FIRST : numbers.getLast().next(versions.subList(0, i + 1), level));
    }
    return List.copyOf(numbers);
  }

  private EventVersion next(List<Schema> versions, Level level) {
    var findings = SchemaCheck.of(versions, level);
    if (Major.upcaster(versions.getLast()).isPresent() || SchemaCheck.forbids(findings))
      return new EventVersion(major + 1, 0, 0);
    return findings.stream().allMatch(finding -> finding.rule() == Rule.DOC_CHANGED)
        ? new EventVersion(major, feature, bugfix + 1)
        : new EventVersion(major, feature + 1, 0);
  }

  /** Such as {@code 2.1.0}. */
  @Override
  public String toString() {
    return major + "." + feature + "." + bugfix;
  }
}
