package dev.millrace.bench;

import java.util.List;
import java.util.OptionalLong;

/** A comparison: subjects that do the same work, measured in turn. */
interface Bench {
  String name();

  /** How many events one run takes where nothing else is asked for. */
  long defaultEvents();

  /** Measures, and answers the figures of each subject, the peer's included. */
  List<Figure> run(long events, Progress progress) throws Exception;

  /**
   * The same with events of as many keys as are asked for.
   *
   * @throws IllegalArgumentException where this bench has no choice of keys
   */
  default List<Figure> run(long events, OptionalLong keys, Progress progress) throws Exception {
    if (keys.isPresent())
      throw new IllegalArgumentException("the bench " + name() + " has no choice of keys");
    return run(events, progress);
  }
}
