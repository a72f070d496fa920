package dev.millrace.runtime;

import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Redrive;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads from a body which parked records are to be redriven or discarded, and how. A name that it does not know is refused, as
 * a misspelt dryRun would change the view.
 */
record RedriveOrder(Map<String, Object> body) {
  /** How long one answer is worked at: whoever asks goes on with its next. */
  private static final Duration WORK = Duration.ofSeconds(5);

  private static final Set<String> REDRIVE = Set.of("stream", "key", "fingerprint", "all", "generation",
      "dryRun",
      "rate", "after");
  private static final Set<String> DISCARD = Set.of("reason", "by");

  /** @throws ProblemException BAD_REQUEST, with what would be right */
  Redrive redrive() {
    return order(new TreeSet<>(REDRIVE));
  }

  /** Like {@link #redrive}; {@link #reason} and {@link #by} may stand there too. */
  Redrive discard() {
    var names = new TreeSet<>(REDRIVE);
    names.addAll(DISCARD);
    return order(names);
  }

  private Redrive order(Set<String> names) {
    for (var name : body.keySet()) {
      if (!names.contains(name))
        throw bad("there is no field '" + name + "'; there are " + String.join(", ", names));
    }
    var which = new Filter(text("stream"), text("key"), text("fingerprint"));
    boolean some = which.key().isPresent() || which.fingerprint().isPresent();
    if (some == truth("all"))
      throw bad("say which records: a key, a fingerprint or both, or else all: true");
    return new Redrive(which, truth("dryRun"), number("rate", 1), text("after"), WORK);
  }

  /** Whose records; of the live generation where it is empty, and of the effects for 0. */
  OptionalInt generation() {
    return number("generation", 0);
  }

  String reason() {
    return text("reason").filter(text -> !text.isBlank())
        .orElseThrow(() -> bad("say why, as reason: it is kept with what is discarded"));
  }

  String by() {
    return text("by").filter(text -> !text.isBlank())
        .orElseThrow(() -> bad("say who discards, as by: it is kept with what is discarded"));
  }

  private Optional<String> text(String name) {
    var value = body.get(name);
    if (value == null || value instanceof String)
      return Optional.ofNullable((String) value);
    throw bad(name + " '" + value + "' is not a text");
  }

  private boolean truth(String name) {
    var value = body.get(name);
    if (value == null || value instanceof Boolean)
      return Boolean.TRUE.equals(value);
    throw bad(name + " '" + value + "' is neither true nor false");
  }

  private OptionalInt number(String name, int least) {
    var value = body.get(name);
    if (value == null)
      return OptionalInt.empty();
    if (value instanceof Integer number && number >= least)
      return OptionalInt.of(number);
    throw bad(name + " '" + value + "' is not a number from " + least + " to " + Integer.MAX_VALUE);
  }

  private static ProblemException bad(String detail) {
    return new ProblemException(Problem.Code.BAD_REQUEST, detail);
  }
}
