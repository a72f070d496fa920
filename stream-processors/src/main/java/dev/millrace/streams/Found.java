package dev.millrace.streams;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/** The rows that were found for an event. Immutable. */
public final class Found {
  private final Map<String, Map<String, Event>> rows;

  Found(Map<String, Map<String, Event>> rows) {
    this.rows = rows;
  }

  /** The row of this key, if there was one and the event wanted it. */
  public <T extends Event> Optional<T> one(EventType<T> table, String key) {
    return Optional.ofNullable(rowsOf(table).get(key)).map(table.javaClass()::cast);
  }

  /** The row of this key, if there is a key, and was a row. */
  public <T extends Event> Optional<T> one(EventType<T> table, Optional<String> key) {
    return key.flatMap(present -> one(table, present));
  }

  /** How many rows of the table were found. */
  public int count(EventType<?> table) {
    return rowsOf(table).size();
  }

  private Map<String, Event> rowsOf(EventType<?> table) {
    return rows.getOrDefault(table.name(), Collections.emptyMap());
  }
}
