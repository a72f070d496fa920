package dev.millrace.connect;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import dev.millrace.log.EventLog;

/**
 * The logs at both ends of bridges, on servers that other tests use too.
 *
 * @param from the address of the source's server
 * @param to the address of the target's server
 * @param checkpoints the JDBC URL of a database for the checkpoints of writers, if the log does not store them itself
 */
record BridgeLogs(String from, EventLog source, String to, EventLog target,
    String checkpoints) implements AutoCloseable {
  /** Logs on two servers, or on one server for both, whose target stores the checkpoints of its writers itself. */
  static BridgeLogs between(String from, String to, ExecutionInterceptor... sourceInterceptors) {
    return between(from, to, "", sourceInterceptors);
  }

  static BridgeLogs between(String from, String to, String checkpoints,
      ExecutionInterceptor... sourceInterceptors) {
    var source = LogServer.open(from, checkpoints, BridgeProcess.DELIVERY_TIMEOUT, sourceInterceptors);
    var target = from.equals(to)
        ? source
        : LogServer.open(to, checkpoints, BridgeProcess.DELIVERY_TIMEOUT);
    return new BridgeLogs(from, source, to, target, checkpoints);
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
