package dev.millrace.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Runs the same work under other circumstances, which a pure function does not notice: later, in another thread, and where
 * the JVM's default locale and time zone are others. These two are the whole process's, so one at a time runs here, and they
 * are what they were when it is done.
 */
final class Elsewhere {
  /** So far apart that it is never the same day in all of them. */
  private static final List<Place> PLACES = List.of(
      new Place("Pacific/Kiritimati", Locale.forLanguageTag("tr-TR")),
      new Place("Etc/GMT+12", Locale.forLanguageTag("ar-EG-u-nu-arab")),
      new Place("Asia/Kathmandu", Locale.GERMANY));
  private static final int TIMES = 4;

  private record Place(String zone, Locale locale) {}

  private Elsewhere() {}

  /** What came of the work each time, the circumstances put in words. */
  static <T> List<Result<T>> each(Supplier<T> work) {
    var results = new ArrayList<Result<T>>();
    synchronized (Elsewhere.class) {
      var locale = Locale.getDefault();
      var zone = TimeZone.getDefault();
      try {
        for (int time = 0; time < TIMES; time++) {
          results.add(new Result<>("a moment later", later(work)));
          results.add(new Result<>("in another thread", inAnotherThread(work)));
          for (var place : PLACES) {
            TimeZone.setDefault(TimeZone.getTimeZone(place.zone));
            Locale.setDefault(place.locale);
            results.add(new Result<>("with the default locale " + place.locale.toLanguageTag()
                + " and the default time zone " + place.zone, work.get()));
            TimeZone.setDefault(zone);
            Locale.setDefault(locale);
          }
        }
      } finally {
        TimeZone.setDefault(zone);
        Locale.setDefault(locale);
      }
    }
    return results;
  }

  /** Done again, where that is told from the first time. */
  record Result<T>(String circumstances, T value) {}

  /** Both clocks have moved on, the one of milliseconds and the one of nanoseconds. */
  private static <T> T later(Supplier<T> work) {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() == now)
      Thread.onSpinWait();
    return work.get();
  }

  private static <T> T inAnotherThread(Supplier<T> work) {
    var task = new FutureTask<>(work::get);
    Thread.ofPlatform().name("another thread").start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the fold ran in another thread", e);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }
}
