package dev.millrace.runtime;

import dev.millrace.log.WriteToken;
import dev.millrace.view.AtLeast;
import io.micronaut.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How fresh an answer is asked to be: {@code Millrace-At-Least} with the token of a write, any number of them, each in a header
 * of its own or with commas between; and {@code Millrace-Wait}, such as {@code 500ms} or {@code 5s}.
 */
record FreshnessHeaders(HttpHeaders headers) {
  static final String AT_LEAST = "Millrace-At-Least";
  static final String WAIT = "Millrace-Wait";
  static final String AT_LEAST_DESCRIPTION = "the token of a write that the answer has to contain; may stand several times,"
      + " or hold several with commas between, 16 in all. Where the view does not come that far in time the answer is 503,"
      + " not-fresh-yet";
  static final String WAIT_DESCRIPTION = "how long to wait for that at most, such as 500ms or 5s; up to 30s";
  static final int MOST_TOKENS = 16;
  static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** @throws ProblemException BAD_TOKEN or BAD_WAIT; dev.millrace.log.LogException INVALID_TOKEN */
  AtLeast read() {
    var tokens = new ArrayList<WriteToken>();
    for (var header : headers.getAll(AT_LEAST)) {
      for (var token : header.split(",", -1)) {
        tokens.add(WriteToken.parse(token.strip()));
        if (tokens.size() > MOST_TOKENS)
          throw new ProblemException(Problem.Code.BAD_TOKEN, "there are more than " + MOST_TOKENS
              + " tokens in " + AT_LEAST + ": of writes to one partition the last is enough");
      }
    }
    return new AtLeast(tokens, wait(headers.getAll(WAIT)));
  }

  private static Duration wait(List<String> said) {
    if (said.isEmpty())
      return AtLeast.DEFAULT_WAIT;
    var wait = said.size() == 1 ? TimeText.read(said.getFirst().strip()) : Optional.<Duration>empty();
    if (wait.isPresent() && wait.get().compareTo(LONGEST_WAIT) <= 0)
      return wait.get();
    throw new ProblemException(Problem.Code.BAD_WAIT, WAIT + " '" + String.join(", ", said)
        + "' is not a time from 0s to " + LONGEST_WAIT.toSeconds() + "s, such as 500ms or 5s");
  }
}
