package dev.millrace.runtime;

import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** What a caller asks to be done: a JSON object of a few fields, all of them known. */
final class OrderBody {
  private final Map<String, Object> fields;

  /** @throws ProblemException BAD_REQUEST where there are other fields than these */
  OrderBody(Map<String, Object> fields, String... known) {
    this.fields = fields;
    var unknown = new TreeSet<>(fields.keySet());
    unknown.removeAll(Set.of(known));
    if (!unknown.isEmpty()) {
      throw bad("unknown fields " + String.join(", ", unknown) + "; there "
          + (known.length == 0 ? "are none" : "are " + String.join(", ", known)));
    }
  }

  boolean truth(String name) {
    return switch (fields.get(name)) {
      case null -> false;
      case Boolean truth -> truth;
      case Object other -> throw bad(name + " is true or false, not " + other);
    };
  }

  OptionalLong number(String name) {
    return switch (fields.get(name)) {
      case null -> OptionalLong.empty();
      case Integer number when number > 0 -> OptionalLong.of(number);
      case Long number when number > 0 -> OptionalLong.of(number);
      case Object other -> throw bad(name + " is a whole number above 0, not " + other);
    };
  }

  OptionalInt generation() {
    var number = number("generation");
    if (number.isEmpty())
      return OptionalInt.empty();
    if (number.getAsLong() > Integer.MAX_VALUE)
      throw bad("there is no generation " + number.getAsLong());
    return OptionalInt.of((int) number.getAsLong());
  }

  private static ProblemException bad(String message) {
    return new ProblemException(Problem.Code.BAD_REQUEST, message);
  }
}
