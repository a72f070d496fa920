package dev.millrace.connect;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.millrace.connect.RelayHealth.State;

/** What the relay's threads report, and its health is read from. Logs a change, never a repetition. Thread-safe. */
final class Pulse {
  private static final Logger LOGGER = LoggerFactory.getLogger(OutboxRelay.class);
  private static final long UNKNOWN = -1;

  private final String relay;
  private final AtomicLong relayed = new AtomicLong();
  private volatile State state = State.STARTING;
  private volatile @Nullable String lastError;
  private volatile long waiting = UNKNOWN;

  Pulse(String relay) {
    this.relay = relay;
  }

  synchronized void enter(State next) {
    if (state == State.CLOSED || state == next)
      return;
    // Starting again after a failure is part of trying again.
    if (state == State.RETRYING && next == State.STARTING)
      return;
    if (next == State.RELAYING && lastError != null) {
      LOGGER.info("Outbox relay {} relays again", relay);
    }
    state = next;
  }

  synchronized void failed(Throwable failure) {
    var error = said(failure);
    if (state != State.RETRYING || !error.equals(lastError)) {
      LOGGER.warn("Outbox relay {} tries again until it can: {}", relay, error);
      LOGGER.debug("Outbox relay {} failed", relay, failure);
    }
    lastError = error;
    if (state != State.CLOSED) {
      state = State.RETRYING;
    }
  }

  void brought(int entries) {
    relayed.addAndGet(entries);
  }

  void waiting(long rows) {
    waiting = rows;
  }

  void waitingUnknown() {
    waiting = UNKNOWN;
  }

  RelayHealth health() {
    long rows = waiting;
    return new RelayHealth(state, rows == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(rows),
        relayed.get(),
        Optional.ofNullable(lastError));
  }

  private static String said(Throwable failure) {
    var message = failure.getMessage();
    return message == null ? failure.getClass().getName() : message;
  }
}
