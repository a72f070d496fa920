package dev.millrace.log.tck;

/** All that a log must do. The adapter's test class implements it, and so has every property as a test. */
public interface LogConformance
    extends
      OrderProperties,
      DurabilityProperties,
      GroupProperties,
      ReadingProperties,
      EnvelopeProperties,
      BatchProperties {}
