package dev.millrace.schema;

import java.util.Locale;

/** How much a change hurts, the least first. */
public enum Severity {
  /** Every event is read as it was written. */
  SAFE,
  /** Every event is read as it was written, but somebody should know: other readers, or a default, may differ. */
  RISKY,
  /** Events are read, and a value is another than was written. */
  DAMAGING,
  /** Events cannot be read, or nobody would read them. */
  BREAKING;

  /** Whether a change of this severity may not ship. */
  public boolean forbidden() {
    return compareTo(DAMAGING) >= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
