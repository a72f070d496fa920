package dev.millrace.log.tck;

import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import java.util.Random;
import java.util.Set;

/** A log under test, and what the kit must be able to do to it. Shared by all properties, each of which uses its own streams. */
public interface LogFixture {
  /** The log, undisturbed. */
  EventLog log();

  /** The same log as it is reached over a disturbed connection. */
  LogFaults faults(Random random);

  /** Gives the stream more partitions. Its readers notice within seconds. */
  void addPartitions(StreamName stream, int total);

  /** The size of a payload that the log takes in no case, in bytes. */
  int oversizedPayload();

  Set<Capability> capabilities();
}
