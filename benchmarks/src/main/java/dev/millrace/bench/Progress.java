package dev.millrace.bench;

/** Hears what is being done, for whoever waits. */
@FunctionalInterface
public interface Progress {
  void step(String what);
}
