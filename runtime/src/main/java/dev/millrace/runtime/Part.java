package dev.millrace.runtime;

import java.util.Map;

/** What the runtime hosts: a view's runner, a stream app, a relay. Started once, and closed once. */
interface Part extends AutoCloseable {
  /** The kinds, in the order in which they are started; stopped in the other. */
  enum Kind {
    VIEW, APP, RELAY;

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  Kind kind();

  String name();

  /** Starts working in the background. */
  void start();

  /** How it is. Answers at once, from memory. */
  State state();

  @Override
  void close();

  /**
   * How a part is.
   *
   * @param well whether it works, or will by itself: catching up and waiting for a server are well, stopped is not
   * @param details to show, by name
   */
  record State(boolean well, Map<String, Object> details) {}
}
