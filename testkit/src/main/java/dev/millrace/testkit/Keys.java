package dev.millrace.testkit;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;

/** The key of an event whose type is known only when it runs. */
final class Keys {
  private Keys() {}

  static String of(Event event) {
    return keyOf(event.eventType(), event);
  }

  private static <E extends Event> String keyOf(EventType<E> type, Event event) {
    return type.keyOf(type.javaClass().cast(event));
  }
}
