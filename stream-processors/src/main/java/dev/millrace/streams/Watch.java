package dev.millrace.streams;

import dev.millrace.schema.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches over the threads of an app: decides what follows when one fails, and knows how the app is. */
final class Watch
    implements
      KafkaStreams.StateListener,
      StateRestoreListener,
      StreamsUncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(1);

  private final StreamApp app;
  private final LongAdder deadLetters;
  private final Clock clock;
  private final Map<TopicPartition, Long> restoring = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private KafkaStreams.State state = KafkaStreams.State.CREATED;
  private boolean failed;
  private boolean retrying;
  private @Nullable String failure;
  private Duration pause = FIRST_PAUSE;
  private Instant lastFailure = Instant.MIN;

  private Watch(StreamApp app, LongAdder deadLetters, Clock clock) {
    this.app = app;
    this.deadLetters = deadLetters;
    this.clock = clock;
  }

  static Watch over(StreamApp app, KafkaStreams streams, LongAdder deadLetters, Clock clock) {
    var watch = new Watch(app, deadLetters, clock);
    streams.setStateListener(watch);
    streams.setGlobalStateRestoreListener(watch);
    streams.setUncaughtExceptionHandler(watch);
    return watch;
  }

  StreamHealth health() {
    lock.lock();
    try {
      var records = restoring.values().stream().mapToLong(Long::longValue).sum();
      return new StreamHealth(stateNow(), records, deadLetters.sum(),
          failed || retrying ? Optional.ofNullable(failure) : Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  boolean awaitReady(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (stateNow() != StreamHealth.State.RUNNING) {
        if (failed || left <= 0)
          return false;
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  void closing() {
    closing.countDown();
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable thrown) {
    if (Blame.of(thrown) != Fault.EXTERNAL) {
      log.error("{} stops: {}", app.name(), thrown.toString(), thrown);
      failed(thrown);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    var wait = retrying(thrown);
    log.warn("{} tries again in {}: {}", app.name(), wait, root(thrown), thrown);
    try {
      if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS))
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  @Override
  public void onChange(KafkaStreams.State now, KafkaStreams.State before) {
    lock.lock();
    try {
      state = now;
      if (now == KafkaStreams.State.RUNNING)
        retrying = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
    restoring.put(partition, to - from);
  }

  @Override
  public void onBatchRestored(TopicPartition partition, String store, long last, long count) {
    restoring.computeIfPresent(partition, (same, left) -> Math.max(0, left - count));
  }

  @Override
  public void onRestoreEnd(TopicPartition partition, String store, long total) {
    restoring.remove(partition);
  }

  @Override
  public void onRestoreSuspended(TopicPartition partition, String store, long total) {
    restoring.remove(partition);
  }

  private StreamHealth.State stateNow() {
    if (failed)
      return StreamHealth.State.FAILED;
    return switch (state) {
      case CREATED -> StreamHealth.State.CREATED;
      case REBALANCING -> retrying
          ? StreamHealth.State.RETRYING
          : restoring.isEmpty() ? StreamHealth.State.REBALANCING : StreamHealth.State.RESTORING;
      case RUNNING -> retrying ? StreamHealth.State.RETRYING : StreamHealth.State.RUNNING;
      case PENDING_SHUTDOWN, NOT_RUNNING -> StreamHealth.State.STOPPED;
      case PENDING_ERROR, ERROR ->
        closing.getCount() == 0 ? StreamHealth.State.STOPPED : StreamHealth.State.FAILED;
    };
  }

  private void failed(Throwable thrown) {
    lock.lock();
    try {
      failed = true;
      failure = root(thrown);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Duration retrying(Throwable thrown) {
    lock.lock();
    try {
      retrying = true;
      failure = root(thrown);
      var now = clock.instant();
      pause = lastFailure.plus(pause).plus(FORGIVEN_AFTER).isBefore(now) ? FIRST_PAUSE : longer(pause);
      lastFailure = now;
      return pause;
    } finally {
      lock.unlock();
    }
  }

  private static Duration longer(Duration pause) {
    var twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private static String root(Throwable thrown) {
    var root = thrown;
    while (root.getCause() != null)
      root = root.getCause();
    return root.toString();
  }
}
