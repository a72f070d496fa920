package dev.millrace.schema;

import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;

/** Who must be able to read whose events, for a schema to follow others. */
public enum Level {
  /** Nothing is checked. */
  NONE(false, false, false),
  /** The new schema reads what the one before it wrote. */
  BACKWARD(true, false, false),
  /** The new schema reads what every one before it wrote. */
  BACKWARD_TRANSITIVE(true, false, true),
  /** The schema before it reads what the new one writes. */
  FORWARD(false, true, false),
  /** Every schema before it reads what the new one writes. */
  FORWARD_TRANSITIVE(false, true, true),
  /** Both ways with the one before it. */
  FULL(true, true, false),
  /** Both ways with every one before it: right for events that are kept and replayed. */
  FULL_TRANSITIVE(true, true, true);

  private final boolean backward;
  private final boolean forward;
  private final boolean transitive;

  Level(boolean backward, boolean forward, boolean transitive) {
    this.backward = backward;
    this.forward = forward;
    this.transitive = transitive;
  }

  /**
   * The level of this name, in capitals or not.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static Level of(String name) {
    for (var level : values()) {
      if (level.name().equals(name.toUpperCase(Locale.ROOT)))
        return level;
    }
    throw new IllegalArgumentException(
        "'" + name + "' is no compatibility level: use one of " + List.of(values()));
  }

  /** The level that an event's newest version says beside its fields, as {@code "compatibility": "BACKWARD"}. */
  public static Level of(Schema newest) {
    var own = newest.getProp("compatibility");
    return own == null ? FULL_TRANSITIVE : of(own);
  }

  /** Whether these must be able to read: {@link Hurt#NEW_READERS} going backward, {@link Hurt#OLD_READERS} forward. */
  public boolean protects(Hurt readers) {
    return switch (readers) {
      case NEW_READERS -> backward;
      case OLD_READERS -> forward;
    };
  }

  /** The versions that the next one is held against, of those before it: the first first. */
  <T> List<T> compared(List<T> before) {
    return transitive || before.isEmpty() ? before : List.of(before.getLast());
  }
}
