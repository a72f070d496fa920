package dev.millrace.schema;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the handlers of one reader use of its events. A thread handles for the reader whose decoder it has called last; the
 * accessors of the generated records say which field is used. Safe for use by many threads.
 */
final class FieldUse {
  private static final ThreadLocal<@Nullable FieldUse> CURRENT = new ThreadLocal<>();

  private final String reader;
  private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Map<EventType<?>, LongAdder> events = new ConcurrentHashMap<>();
  private final Map<Class<?>, boolean[]> fields = new ConcurrentHashMap<>();

  FieldUse(String reader) {
    this.reader = reader;
  }

  void reads(Collection<? extends EventType<?>> types) {
    types.forEach(type -> events.computeIfAbsent(type, _ -> new LongAdder()));
  }

  /** From here on this thread handles for a reader, or for none. */
  static void enter(@Nullable FieldUse reader) {
    if (CURRENT.get() != reader)
      CURRENT.set(reader);
  }

  void decoded(EventType<?> type) {
    var count = events.get(type);
    if (count != null)
      count.increment();
  }

  static void used(Shape<?> shape, int index) {
    var reader = CURRENT.get();
    if (reader != null)
      reader.add(shape, index);
  }

  private void add(Shape<?> shape, int index) {
    var used = fields.get(shape.type());
    if (used == null)
      used = fields.computeIfAbsent(shape.type(), _ -> new boolean[shape.fields().size()]);
    // threads write the same value, and who reads may see it late
    if (!used[index])
      used[index] = true;
  }

  List<EventReader> reports() {
    var reports = new ArrayList<EventReader>();
    events.forEach((type, count) -> reports
        .add(new EventReader(reader, type.versions(), used(type), count.sum(), since)));
    return reports;
  }

  private Map<String, Set<String>> used(EventType<?> type) {
    var shapes = new LinkedHashMap<String, Shape<?>>();
    collect(type.name(), type.shape(), shapes);
    var used = new TreeMap<String, Set<String>>();
    shapes.forEach((record, shape) -> {
      var marks = fields.get(shape.type());
      for (int i = 0; i < shape.fields().size(); i++) {
        if (!shape.telling() || (marks != null && marks[i]))
          used.computeIfAbsent(record, _ -> new TreeSet<>()).add(shape.fields().get(i));
      }
    });
    return used;
  }

  private static void collect(String record, Shape<?> shape, Map<String, Shape<?>> found) {
    if (found.putIfAbsent(record, shape) == null)
      shape.records().forEach((name, inner) -> collect(name, inner.get(), found));
  }
}
