package dev.millrace.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation takes, over and over, on one thread. */
final class PerEvent {
  /** Where each result is put, so that the work is not optimised away. */
  @SuppressWarnings("unused")
  private static volatile @Nullable Object made;

  private PerEvent() {}

  /** Work on one value. */
  @FunctionalInterface
  interface Operation<T> {
    Object apply(T value) throws Exception;
  }

  /** The mean of so many operations, in nanoseconds, on the values in turn. */
  static <T> double nanos(long events, List<T> values, Operation<T> operation) throws Exception {
    long started = System.nanoTime();
    for (long i = 0; i < events; i++) {
      made = operation.apply(values.get((int) (i % values.size())));
    }
    return (double) (System.nanoTime() - started) / events;
  }
}
