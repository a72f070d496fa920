package dev.millrace.connect;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import dev.millrace.log.EventLog;

/**
 * The logs at both ends of bridges, with their servers.
 *
 * @param marks the JDBC URL of a database for the marks of writers, where the log does not keep them itself
 */
record BridgeLogs(LogServer from, EventLog source, LogServer to, EventLog target,
    String marks) implements AutoCloseable {
  /** Logs on two servers, or one that is both, of which the second keeps its writers' marks itself. */
  static BridgeLogs between(LogServer from, LogServer to, ExecutionInterceptor... before) {
    return between(from, to, "", before);
  }

  static BridgeLogs between(LogServer from, LogServer to, String marks, ExecutionInterceptor... before) {
    var source = LogServer.open(from.address(), marks, BridgeProcess.PATIENCE, before);
    var target = from.equals(to) ? source : LogServer.open(to.address(), marks, BridgeProcess.PATIENCE);
    return new BridgeLogs(from, source, to, target, marks);
  }

  @Override
  public void close() {
    source.close();
    target.close();
    from.close();
    to.close();
  }
}
