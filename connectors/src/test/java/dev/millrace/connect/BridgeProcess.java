package dev.millrace.connect;

import java.io.IOException;
import java.time.Duration;

import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.test.ForkedJvm;

/** A bridge in a process of its own, for tests that kill it. Ends with the process that started it. */
final class BridgeProcess {
  static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

  private BridgeProcess() {}

  /** The arguments are the addresses of the logs, a database for checkpoints, and the streams from and to. */
  public static void main(String[] arguments) throws IOException {
    try (var source = LogServer.open(arguments[0], arguments[2], DELIVERY_TIMEOUT);
        var target = LogServer.open(arguments[1], arguments[2], DELIVERY_TIMEOUT);
        var _ = bridge(source, StreamName.of(arguments[3]), target, StreamName.of(arguments[4])).start()) {
      System.in.transferTo(System.out);
    }
  }

  static ForkedJvm start(BridgeLogs logs, StreamName from, StreamName to) {
    return ForkedJvm.start(BridgeProcess.class, logs.from(), logs.to(), logs.checkpoints(), from.value(),
        to.value());
  }

  static Bridge bridge(EventLog source, StreamName from, EventLog target, StreamName to) {
    return Bridge.builder().name("test-" + Integer.toHexString(to.value().hashCode())).from(source, from)
        .to(target, to).build();
  }
}
