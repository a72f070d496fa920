package dev.millrace.bench;

import java.util.List;

/** A comparison: subjects that do the same work, measured in turn. */
interface Bench {
  String name();

  /** How many events one run takes where nothing else is asked for. */
  long defaultEvents();

  /** Measures, and answers the figures of each subject, the peer's included. */
  List<Figure> run(long events, Progress progress) throws Exception;
}
