package dev.millrace.runtime;

import dev.millrace.view.ViewStatus;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How every view is, or was a moment ago: all who ask within a second have one question to the database and the log. */
@Singleton
final class ViewStatuses {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Views views;
  private final ReentrantLock lock = new ReentrantLock();
  private Latest latest = new Latest(Map.of(), Map.of());
  private long askedAt;

  private record Latest(Map<String, ViewStatus> views, Map<String, ViewStatus> effects) {}

  ViewStatuses(Views views) {
    this.views = views;
  }

  Optional<ViewStatus> of(String view) {
    return Optional.ofNullable(latest().views.get(view));
  }

  /** How the effects of the view's events are; empty where it has none, or they are not kept yet. */
  Optional<ViewStatus> ofEffects(String view) {
    return Optional.ofNullable(latest().effects.get(view));
  }

  private Latest latest() {
    lock.lock();
    try {
      if (latest.views.isEmpty() || System.nanoTime() - askedAt > FRESH_NANOS) {
        latest = new Latest(byName(views.statuses()), byName(views.effects()));
        askedAt = System.nanoTime();
      }
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private static Map<String, ViewStatus> byName(List<ViewStatus> statuses) {
    return statuses.stream().collect(Collectors.toMap(ViewStatus::view, Function.identity()));
  }
}
