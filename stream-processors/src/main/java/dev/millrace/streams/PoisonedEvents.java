package dev.millrace.streams;

import java.util.List;

/** Events that waited, and that the app's own function could not join. They go to the dead letters as they were. */
final class PoisonedEvents extends RuntimeException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialised: thrown to the handler of the same thread
  private final List<Poison> events;

  PoisonedEvents(List<Poison> events) {
    super(events.getFirst().cause());
    this.events = List.copyOf(events);
  }

  List<Poison> events() {
    return events;
  }

  /** An event, the stream and the key it came under, and why it could not be joined. */
  record Poison(String stream, String key, Waiting.Entry event, RuntimeException cause) {}
}
