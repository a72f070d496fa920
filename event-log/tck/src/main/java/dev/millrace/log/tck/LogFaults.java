package dev.millrace.log.tck;

import dev.millrace.log.EventLog;

/**
 * A log behind a connection that fails at random: appends are lost on the way there, acknowledgements on the way back, and
 * appends are refused for the moment while later ones pass. None of it may show in what is read.
 */
public interface LogFaults extends AutoCloseable {
  /** The log over this connection; closed with the faults. It retries for as long as a property takes. */
  EventLog log();

  /** How many faults there were so far. A property that met none proves nothing, and fails. */
  int injected();

  /** No more faults from now on. */
  void stop();

  @Override
  void close();
}
