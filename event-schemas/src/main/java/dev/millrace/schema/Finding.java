package dev.millrace.schema;

import java.util.Optional;

/**
 * One thing that differs between two schemas, and what it does.
 *
 * @param path from the event's name to the spot, such as {@code shop.sales.OrderPlaced.lines[].unitPrice}: {@code []} is
 *     an array's item, <code>{}</code> a map's value, {@code (shop.sales.Card)} a union's branch
 * @param older what stands there in the older schema; empty where it has nothing there
 * @param newer what stands there in the newer one
 * @param damage whom it hurts, how, and the mend; empty where it hurts nobody
 */
public record Finding(Rule rule, Severity severity, String path, String older, String newer,
    Optional<Damage> damage) {

  /**
   * What a change does to somebody.
   *
   * @param hurt to whom; empty where it is to all, as a stream's new name is
   * @param problem in words
   * @param mend what to do, in words
   * @param json the JSON to write, where there is such
   * @param witness an event that shows it, the smallest that was found; empty where no single event does
   */
  public record Damage(Optional<Hurt> hurt, String problem, String mend, Optional<String> json,
      Optional<Witness> witness) {}

  /**
   * An event that is read as another, or not at all.
   *
   * @param before as it was written, as JSON
   * @param after as it is read, as JSON; the codec's failure where it cannot be
   */
  public record Witness(String before, String after) {}

  static Finding of(Rule rule, Severity severity, String path, String older, String newer) {
    return new Finding(rule, severity, path, older, newer, Optional.empty());
  }

  Finding because(String problem, String mend) {
    return with(new Damage(Optional.empty(), problem, mend, Optional.empty(), Optional.empty()));
  }

  Finding with(Damage damage) {
    return new Finding(rule, severity, path, older, newer, Optional.of(damage));
  }

  /** On one line: the path, the problem, what to do and the rule. */
  @Override
  public String toString() {
    var change = older.isEmpty() ? newer : newer.isEmpty() ? older : older + " → " + newer;
    return path + ": "
        + damage.map(found -> found.problem() + " (" + rule + ": " + change + "); " + found.mend())
            .orElse(rule + ": " + change);
  }
}
