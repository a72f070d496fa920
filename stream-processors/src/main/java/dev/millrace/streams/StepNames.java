package dev.millrace.streams;

import dev.millrace.schema.EventType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the steps of an app are called: {@code OrderPlaced} is {@code order-placed}. Where two types of an app share a
 * simple name, both go by their full names.
 */
record StepNames(Map<String, String> byType) {
  StepNames { byType = Map.copyOf(byType); }

  static StepNames of(StreamApp app) {
    var types = new TreeMap<String, EventType<?>>(app.reads());
    types.putAll(app.tables());
    types.putAll(app.writesByName());
    var uses = new HashMap<String, Integer>();
    types.values().forEach(type -> uses.merge(simple(type), 1, Integer::sum));
    var names = new HashMap<String, String>();
    types.forEach((name, type) -> names.put(name, uses.getOrDefault(simple(type), 0) == 1
        ? simple(type)
        : name.toLowerCase(Locale.ROOT)));
    return new StepNames(names);
  }

  String of(EventType<?> type) {
    var name = byType.get(type.name());
    if (name == null)
      throw new IllegalArgumentException("the app does not touch " + type.name());
    return name;
  }

  private static String simple(EventType<?> type) {
    return type.newest().getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
