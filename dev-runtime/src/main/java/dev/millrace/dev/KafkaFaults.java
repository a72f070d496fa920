package dev.millrace.dev;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.FaultHandlerFactory;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the first fault of a node instead of ending the process, which is what Kafka does by itself: the process is the
 * user's, and not Kafka's to end. Safe for use by many threads.
 */
final class KafkaFaults implements FaultHandlerFactory, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFaults.class);
  private static final Set<KafkaFaults> WATCHING = ConcurrentHashMap.newKeySet();

  static {
    Exit.setExitProcedure(KafkaFaults::refuseToExit);
    Exit.setHaltProcedure(KafkaFaults::refuseToExit);
  }

  private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

  private KafkaFaults() {}

  static KafkaFaults watch() {
    var faults = new KafkaFaults();
    WATCHING.add(faults);
    return faults;
  }

  Optional<Throwable> first() {
    return Optional.ofNullable(first.get());
  }

  @Override
  public FaultHandler build(String name, boolean fatal, Runnable action) {
    return (message, cause) -> {
      LOG.error("Kafka's {} met a fault: {}", name, message, cause);
      action.run();
      var fault = cause instanceof RuntimeException runtime
          ? runtime
          : new IllegalStateException(message, cause);
      if (fatal) {
        first.compareAndSet(null, fault);
      }
      return fault;
    };
  }

  @Override
  public void close() {
    WATCHING.remove(this);
  }

  /** Exiting has no owner: with several nodes in a process, each is told. */
  private static void refuseToExit(int status, @Nullable String message) {
    var asked = new IllegalStateException("Kafka asked to end the process with status " + status
        + (message == null ? "" : ": " + message));
    WATCHING.forEach(faults -> faults.first.compareAndSet(null, asked));
    throw asked;
  }
}
