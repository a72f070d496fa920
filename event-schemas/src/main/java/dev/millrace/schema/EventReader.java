package dev.millrace.schema;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * What a reader, known by its name, reads of one type of event. A field counts as used when a handler has called its accessor
 * since the process began: {@code equals}, {@code hashCode} and {@code toString} of a whole record do not count.
 *
 * @param name the reader: a view or a stream app, such as {@code view:country-revenue}
 * @param schemas every version of the event's schema that it knows, the first first; it reads events as the last
 * @param fields the fields that its handlers have used so far, by the full names of their records
 * @param events how many events it has decoded since
 * @param since when it began
 */
public record EventReader(String name, List<Schema> schemas, Map<String, Set<String>> fields,
    long events, Instant since) {
  private static final Pattern STEP = Pattern
      .compile("\\.(?<field>[A-Za-z_]\\w*)|(?<item>\\[])|(?<value>\\{})|\\((?<branch>[^)]*)\\)");

  public EventReader {
    schemas = List.copyOf(schemas);
    var copy = new TreeMap<String, Set<String>>();
    fields.forEach((record, names) -> copy.put(record, new TreeSet<>(names)));
    fields = copy;
  }

  /** What it reads events as. */
  public Schema schema() {
    return schemas.getLast();
  }

  /** The full name of the event. */
  public String event() {
    return schema().getFullName();
  }

  /**
   * Whether a handler may look at what stands at a place. Nothing is known of one that has read no event yet, or of a place that
   * its schema does not have. A record may stand in many places: it counts for all of them that its field was used.
   *
   * @param path as a {@link Finding} has it, from the event's name on
   */
  boolean uses(String path) {
    if (events == 0 || !path.startsWith(event()))
      return true;
    var at = schema();
    boolean used = true;
    var steps = STEP.matcher(path).region(event().length(), path.length());
    while (steps.lookingAt()) {
      if (steps.group("branch") == null)
        at = RecordSource.nonNull(at);
      if (steps.group("field") != null) {
        var field = at.getType() == Schema.Type.RECORD ? at.getField(steps.group("field")) : null;
        if (field == null)
          return true;
        used = fields.getOrDefault(at.getFullName(), Set.of()).contains(field.name());
        at = field.schema();
      } else if (steps.group("item") != null && at.getType() == Schema.Type.ARRAY) {
        at = at.getElementType();
      } else if (steps.group("value") != null && at.getType() == Schema.Type.MAP) {
        at = at.getValueType();
      } else if (steps.group("branch") != null && at.getType() == Schema.Type.UNION
          && at.getIndexNamed(steps.group("branch")) != null) {
        at = at.getTypes().get(at.getIndexNamed(steps.group("branch")));
      } else {
        return true;
      }
      steps.region(steps.end(), path.length());
    }
    return used;
  }
}
