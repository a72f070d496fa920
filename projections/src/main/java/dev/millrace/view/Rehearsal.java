package dev.millrace.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a view would be if it were rebuilt now by this projection, with these schemas and upcasters: before they go live.
 *
 * @param comparison the live view beside it, as far as the live one had read when it began; what a projection declares to be
 *     changed is expected; empty where only the last events were taken
 * @param failures the events that it could not take, the most of one reason first
 * @param records how many records were read and folded
 * @param took how long reading and folding took: about what a rebuild takes on this machine, where all was taken
 */
public record Rehearsal(Optional<Comparison> comparison, List<Failures> failures, long records,
    Duration took) {
  /**
   * Events that could not be taken for one reason.
   *
   * @param reason such as {@code UNREADABLE} or {@code FOLD_FAILED}
   * @param example what was said of one of them
   * @param records how many there are, without those that only wait behind them
   * @param keys of how many keys
   */
  public record Failures(String reason, String example, long records, long keys) {}

  public Rehearsal { failures = List.copyOf(failures); }

  /**
   * Whether every event was taken, and nothing differs but what is declared; of the last events alone, whether every one was
   * read: a fold may miss what was before.
   */
  public boolean asExpected() {
    return comparison.isPresent()
        ? failures.isEmpty() && comparison.get().asExpected()
        : failures.stream().allMatch(failure -> failure.reason().equals(Failure.FOLD_FAILED));
  }
}
